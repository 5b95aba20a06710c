package dev.qwen2api.upstream.compatible;

import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;

/** What a client of the CLI route sees of a failure that the portal did not put into words itself. Pure. */
final class CliFace {

    /** The reference's words, to the letter. */
    static final String NOBODY = "没有可用的CLI账户，请稍后重试";

    private static final Duration CHALLENGE_PAUSE = Duration.ofSeconds(30);

    private CliFace() {}

    static Problem of(String who, Failure failure) {
        String what = who + ": " + failure.toAsker();
        return switch (failure.kind()) {
            case SILENT -> Problem.of(ProblemKind.UPSTREAM_TIMEOUT, what + ". Try again.");
            case CHALLENGED ->
                Problem.retryable(
                        ProblemKind.VERIFICATION_REQUIRED,
                        what + ". Open https://chat.qwen.ai in the browser from the same network, and pass the check.",
                        CHALLENGE_PAUSE);
            case EXPIRED ->
                Problem.of(
                        ProblemKind.SESSION_EXPIRED,
                        what + ". Copy a fresh cookie from the browser into QWEN_COOKIES.");
            default -> Problem.of(ProblemKind.UPSTREAM_ERROR, what + ". Try again.");
        };
    }
}
