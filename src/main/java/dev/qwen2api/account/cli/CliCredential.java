package dev.qwen2api.account.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The right to use the CLI channel as one user. Both tokens are secrets.
 *
 * @param accessToken sent with every request
 * @param refreshToken buys the next pair, once; empty where none was given
 * @param resource where the channel is, as the service named it ({@code resource_url}), unchecked; empty where it named nothing
 * @param expires when the access token ends
 */
public record CliCredential(
        String accessToken, Optional<String> refreshToken, Optional<String> resource, Instant expires) {

    public CliCredential {
        if (accessToken.isEmpty()) {
            throw new IllegalArgumentException("empty access token");
        }
    }

    /** Whether it ends within {@code ahead} from now. */
    public boolean endsWithin(Duration ahead, Instant now) {
        return !now.plus(ahead).isBefore(expires);
    }

    @Override
    public String toString() {
        return "CliCredential[***, until " + expires + "]";
    }
}
