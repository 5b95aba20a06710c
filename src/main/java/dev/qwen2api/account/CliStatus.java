package dev.qwen2api.account;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How an account is doing on the CLI channel at one moment.
 *
 * @param state what it can do
 * @param reason one sentence, where it cannot serve
 * @param retryAt when it is tried again, where that is known
 * @param requestsToday requests that the service accepted today
 * @param leftToday requests that it may still make today; none where it cannot serve
 * @param lastUsed when a request last went out with it on this channel
 */
public record CliStatus(
        CliState state,
        Optional<String> reason,
        Optional<Instant> retryAt,
        int requestsToday,
        int leftToday,
        Optional<Instant> lastUsed) {

    /** Of an account without a credential of which nothing bad is known. */
    public static final CliStatus UNKNOWN = new CliStatus(
            CliState.NONE,
            Optional.of("The next request to the CLI channel obtains a credential for it."),
            Optional.empty(),
            0,
            0,
            Optional.empty());

    /** What an account can do on the CLI channel. */
    public enum CliState {
        /** It has no credential yet, or its credential is dead and was not replaced yet. */
        NONE,
        /** It has a credential. */
        READY,
        /** It has a credential, but its quota is used up or it is cooling down. */
        LIMITED,
        /** The service refuses to give it a credential, or does not accept the one it gave. */
        UNSUPPORTED;

        /** The name on the wire. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether there is a credential. */
    public boolean hasCredential() {
        return state == CliState.READY || state == CliState.LIMITED;
    }
}
