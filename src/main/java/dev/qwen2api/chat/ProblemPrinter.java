package dev.qwen2api.chat;

import dev.qwen2api.failure.Problem;

/** Prints a problem as the JSON body of a dialect. Thread-safe. */
@FunctionalInterface
public interface ProblemPrinter {
    byte[] print(Problem problem);

    /** The same for dialects that name the request in the body. */
    default byte[] print(Problem problem, String requestId) {
        return print(problem);
    }

    /** Whether clients of the dialect are sent the time until a limit ends as a header, however long it is. */
    default boolean announcesLongWaits() {
        return false;
    }
}
