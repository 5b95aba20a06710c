package dev.qwen2api.chat;

import java.time.Duration;

/** Comparisons that {@link Duration} lacks. */
public final class Durations {

    private Durations() {}

    public static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    static Duration atLeastZero(Duration duration) {
        return longer(duration, Duration.ZERO);
    }
}
