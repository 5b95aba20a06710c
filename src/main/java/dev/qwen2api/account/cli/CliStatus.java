package dev.qwen2api.account.cli;

import java.time.Instant;
import java.util.Optional;

/**
 * What the owner may know of an account on the CLI channel at one moment.
 *
 * @param state what it can do
 * @param reason one sentence, where it cannot serve
 * @param retryAt when it is tried again, where that is known
 * @param requestsToday requests that the service accepted today
 * @param leftToday requests that it may still make today; none where it cannot serve
 */
public record CliStatus(
        CliState state, Optional<String> reason, Optional<Instant> retryAt, int requestsToday, int leftToday) {

    /** Why an account has no credential of which nothing bad is known. */
    static final String NOT_ASKED = "It is asked for a credential when the next request for the CLI channel comes.";

    /** Of an account that the channel has not met yet. */
    public static final CliStatus UNKNOWN =
            new CliStatus(CliState.NONE, Optional.of(NOT_ASKED), Optional.empty(), 0, 0);

    /** Whether there is a credential. */
    public boolean hasCredential() {
        return state == CliState.READY || state == CliState.LIMITED;
    }
}
