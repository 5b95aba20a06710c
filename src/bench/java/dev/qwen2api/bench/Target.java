package dev.qwen2api.bench;

import java.util.List;
import java.util.function.Supplier;

/**
 * Something that answers chats.
 *
 * @param name what the table calls it
 * @param port where it listens, on 127.0.0.1
 * @param path where a chat is posted
 * @param processes the processes whose work counts; none for the stand-in itself
 */
record Target(String name, int port, String path, Supplier<List<Long>> processes) {

    static final String KEY = "sk-bench-only";

    /** Processor time spent so far, in microseconds. */
    long cpuMicros() {
        return processes.get().stream().mapToLong(ProcFiles::cpuMicros).sum();
    }

    /** Memory in use now, in KiB. */
    long rssKib() {
        return processes.get().stream().mapToLong(ProcFiles::rssKib).sum();
    }
}
