package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The CLI portal with the OAuth credentials of accounts. It serves a request only if the first message is a system
 * message with a part marked for the cache and all system messages stand at the start (seen since 2026-04-03).
 * Thread-safe.
 */
final class PortalService implements CompatibleService {

    /** A token that ends sooner is renewed before it is used. */
    private static final Duration AHEAD = Duration.ofMinutes(2);

    static final List<String> MODELS = List.of("qwen3-coder-plus", "qwen3-coder-flash", "coder-model", "vision-model");

    private static final List<String> REFUSED =
            List.of("frequency_penalty", "presence_penalty", "logit_bias", "n", "seed", "user");
    private static final String NO_SYSTEM_TEXT = "You are a helpful assistant.";

    private final CliAccounts accounts;
    private final CliTokens tokens;
    private final Supplier<URI> configured;
    private final Clock clock;

    /** @param configured where the owner says that the portal is */
    PortalService(CliAccounts accounts, CliTokens tokens, Supplier<URI> configured, Clock clock) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.configured = configured;
        this.clock = clock;
    }

    /** The portal's model for a name: it has four, and every other name gets the one that suits it best. */
    static String model(String name) {
        if (MODELS.contains(name)) {
            return name;
        }
        if (name.contains("flash") || name.contains("turbo")) {
            return "qwen3-coder-flash";
        }
        return name.contains("-vl") || name.contains("vision") ? "vision-model" : "coder-model";
    }

    @Override
    public Authorization authorize(Account account) throws UpstreamException {
        String user = CliUser.key(account);
        CliCredential credential = accounts.credential(user)
                .orElseThrow(() -> new UpstreamException(Failure.of(FailureKind.EXPIRED, "its credential has ended")));
        LocalDate day = accounts.count(user)
                .orElseThrow(() -> new UpstreamException(
                        Failure.of(FailureKind.QUOTA_EXHAUSTED, "its requests of today are used up")
                                .after(CompatibleErrorParser.untilMidnight(clock))));
        return new CountedRequest(user, day, credential);
    }

    /** One counted request; the count is taken back unless the portal accepts it. */
    private final class CountedRequest implements Authorization {

        private final String user;
        private final LocalDate day;
        private volatile CliCredential credential;
        private volatile boolean accepted;

        CountedRequest(String user, LocalDate day, CliCredential credential) {
            this.user = user;
            this.day = day;
            this.credential = credential;
        }

        @Override
        public CompletableFuture<Bearer> bearer() {
            CliCredential present = credential;
            if (!present.endsWithin(AHEAD, clock.instant())) {
                return CompletableFuture.completedFuture(bearer(present));
            }
            // One that cannot be renewed now but is still valid is used as it is.
            return tokens.renew(user, present)
                    .exceptionallyCompose(failed -> present.endsWithin(Duration.ZERO, clock.instant())
                            ? CompletableFuture.failedFuture(failed)
                            : CompletableFuture.completedFuture(present))
                    .thenApply(this::bearer);
        }

        @Override
        public CompletableFuture<Bearer> renew(Bearer dead) {
            return tokens.renew(user, credential).thenApply(this::bearer);
        }

        private Bearer bearer(CliCredential with) {
            credential = with;
            return new Bearer(with.accessToken(), with.base(configured.get()));
        }

        @Override
        public void accepted() {
            accepted = true;
            accounts.accepted(user);
        }

        @Override
        public void rejected() {
            accounts.refused(user, "The portal refuses its fresh token (HTTP 401).");
        }

        @Override
        public void close() {
            if (!accepted) {
                accounts.uncount(user, day);
            }
        }
    }

    @Override
    public void addHeaders(HttpRequest.Builder request) {
        request.header("User-Agent", OauthClient.USER_AGENT)
                .header("X-DashScope-UserAgent", OauthClient.USER_AGENT)
                .header("X-DashScope-CacheControl", "enable")
                .header("X-DashScope-AuthType", "qwen-oauth");
    }

    @Override
    public void adapt(ObjectNode body) {
        body.remove(REFUSED);
        ArrayNode system = body.arrayNode();
        ArrayNode rest = body.arrayNode();
        for (JsonNode message : body.path("messages")) {
            if (message.path("role").asText("").equals("system")) {
                addParts(message.path("content"), system);
            } else {
                rest.add(message);
            }
        }
        if (system.isEmpty()) {
            system.add(CompatibleRequestWriter.text(NO_SYSTEM_TEXT));
        }
        if (system.get(system.size() - 1) instanceof ObjectNode last) {
            last.putObject("cache_control").put("type", "ephemeral");
        }
        ArrayNode all = body.putArray("messages");
        all.addObject().put("role", "system").set("content", system);
        all.addAll(rest);
    }

    private static void addParts(JsonNode content, ArrayNode parts) {
        if (content.isArray()) {
            content.forEach(parts::add);
        } else if (!content.asText("").isEmpty()) {
            parts.add(CompatibleRequestWriter.text(content.asText()));
        }
    }
}
