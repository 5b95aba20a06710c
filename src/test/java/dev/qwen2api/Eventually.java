package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits for what the gateway does in its own time: after an answer, or without anybody asking. */
public final class Eventually {

    private static final Duration SOON = Duration.ofSeconds(50);

    private static final long LOOK_MILLIS = 10;

    private Eventually() {}

    /** What is waited for. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Looks again and again until it is so. Where it never is, the error names {@code what}. */
    public static void holds(String what, Condition condition) throws Exception {
        if (!comes(condition)) {
            throw new AssertionError("never came: " + what);
        }
    }

    /** An answer may reach its client a moment before what it was made from is thrown away. */
    public static void empty(Path folder) throws Exception {
        comes(() -> entries(folder).isEmpty());
        assertEquals(List.of(), entries(folder));
    }

    private static boolean comes(Condition condition) throws Exception {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return true;
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
