package dev.qwen2api.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux tells about a process below {@code /proc}. */
final class ProcFiles {

    /** Linux counts in hundredths of a second here, whatever the kernel's own clock. */
    private static final long MICROS_PER_TICK = 10_000;

    private ProcFiles() {}

    /** User and system time of all threads, the ended ones included. */
    static long cpuMicros(long pid) {
        String stat = read(pid, "stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    static long rssKib(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /** The process and its children. */
    static List<Long> family(long pid) {
        return ProcessHandle.of(pid)
                .map(parent -> Stream.concat(
                                Stream.of(pid), parent.descendants().map(ProcessHandle::pid))
                        .toList())
                .orElse(List.of());
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException gone) {
            throw new UncheckedIOException("process " + pid + " has ended", gone);
        }
    }
}
