package dev.qwen2api.api.json;

import dev.qwen2api.failure.Problem;
import java.time.Duration;

/** Prints the message of a problem, with the time until the request may be sent again. */
public final class ProblemMessage {

    private ProblemMessage() {}

    public static String of(Problem problem) {
        String wait = problem.retryAfter()
                .map(time -> " Try again in about " + words(time) + ".")
                .orElse("");
        return WellFormedText.text(problem.message() + wait);
    }

    /** Rounded up. */
    private static String words(Duration wait) {
        long seconds = Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = (seconds + 59) / 60;
        if (minutes < 60) {
            return minutes + " min";
        }
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
}
