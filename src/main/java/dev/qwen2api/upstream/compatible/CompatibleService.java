package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.concurrent.CompletableFuture;

/** What differs between services that speak OpenAI's API: authorization, and deviations from that API. Thread-safe. */
interface CompatibleService {

    /**
     * Begins one request of an account.
     *
     * @throws UpstreamException when the account may not send one now
     */
    Authorization authorize(Account account) throws UpstreamException;

    /** Adapts a request's body to what the service accepts. */
    default void adapt(ObjectNode body) {}

    default void addHeaders(HttpRequest.Builder request) {}

    /**
     * A bearer token and where it is valid.
     *
     * @param token a secret
     * @param base the base address, without {@code /v1}
     */
    record Bearer(String token, URI base) {

        @Override
        public String toString() {
            return "Bearer[***, " + base + "]";
        }
    }

    /** The authorization of one request; closing it ends the request. Futures fail with {@link UpstreamException}. */
    interface Authorization extends AutoCloseable {

        CompletableFuture<Bearer> bearer();

        /** Replaces a token that the service calls dead. */
        CompletableFuture<Bearer> renew(Bearer dead);

        /** The service began to answer. */
        default void accepted() {}

        /** The service does not accept a token that was just renewed. */
        default void rejected() {}

        @Override
        default void close() {}
    }

    /** The authorization by a key that cannot be renewed. */
    record FixedToken(Bearer only) implements Authorization {

        @Override
        public CompletableFuture<Bearer> bearer() {
            return CompletableFuture.completedFuture(only);
        }

        @Override
        public CompletableFuture<Bearer> renew(Bearer dead) {
            return CompletableFuture.failedFuture(new UpstreamException(
                    Failure.of(FailureKind.BUSY, "the service does not accept the key; check it in .env")));
        }
    }
}
