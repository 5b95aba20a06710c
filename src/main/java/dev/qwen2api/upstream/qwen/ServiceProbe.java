package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Asks the service how it and the accounts are, without spending a message. That the list of models can be read proves
 * nothing about a session; the question whose token this is does. Thread-safe; every method waits for its reply.
 */
public final class ServiceProbe {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final QwenClient client;
    private final Clock clock;

    /** A reply to something that is open to all: the service's time, and why it was no good, where it was not. */
    public record ProbeResult(Optional<Instant> time, Optional<Failure> failure) {}

    public ServiceProbe(QwenClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Reads the beginning of the list of models. */
    public ProbeResult visit() {
        try {
            HttpResponse<byte[]> reply = client.read("/api/models", TIMEOUT, BoundedBodySubscriber.REFUSAL)
                    .join();
            boolean list = new String(reply.body(), StandardCharsets.UTF_8)
                    .stripLeading()
                    .startsWith("{");
            boolean good = reply.statusCode() == 200 && list;
            return new ProbeResult(time(reply), good ? Optional.empty() : Optional.of(classified(reply)));
        } catch (CompletionException broken) {
            return new ProbeResult(Optional.empty(), Optional.of(TransportErrors.of(broken)));
        }
    }

    private static Optional<Instant> time(HttpResponse<?> reply) {
        try {
            return reply.headers()
                    .firstValue("date")
                    .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException odd) {
            return Optional.empty();
        }
    }

    /** Why the account's session is no good; empty where the service knows it. */
    public Optional<Failure> session(Account account) {
        return session(account, TIMEOUT);
    }

    /** The same within a time limit. */
    public Optional<Failure> session(Account account, Duration timeout) {
        try {
            HttpResponse<byte[]> reply = client.whoAmI(account, timeout).join();
            boolean known = reply.statusCode() == 200
                    && BoundedJson.read(reply.body()).path("id").isTextual();
            return known ? Optional.empty() : Optional.of(classified(reply));
        } catch (CompletionException broken) {
            return Optional.of(TransportErrors.of(broken));
        }
    }

    private Failure classified(HttpResponse<byte[]> reply) {
        return FailureClassifier.classify(Operation.PROBE, reply, clock.instant());
    }
}
