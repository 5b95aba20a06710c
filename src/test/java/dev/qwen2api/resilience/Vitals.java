package dev.qwen2api.resilience;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process holds, as Linux tells it.
 *
 * @param residentMegabytes its memory
 * @param threads its threads of the operating system
 * @param descriptors its open files and sockets
 */
record Vitals(long residentMegabytes, int threads, int descriptors) {

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

    /** Whether this machine can tell at all. */
    static boolean known() {
        return Files.isDirectory(Path.of("/proc/self/fd"));
    }

    static Vitals of(long pid) throws IOException {
        String status = Files.readString(Path.of("/proc/" + pid + "/status"));
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return new Vitals(number(RESIDENT, status) / 1024, (int) number(THREADS, status), (int) open.count());
        }
    }

    private static long number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }
}
