package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.account.Account;
import dev.qwen2api.config.Sha256;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.QwenClient;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.error.UpstreamQuote;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** Calls the OAuth routes, which live beside the web API; each call blocks until its reply. Thread-safe. */
final class OauthClient {

    /** The program that tokens are given to and served for (versions 0.14.x, seen 2026-04). */
    static final String USER_AGENT = "QwenCode/0.14.3 (linux; x64)";

    /** The public id under which Qwen Code is known; there is no secret to it. */
    private static final String CLIENT_ID = "f0304373b74a44d2b584a3fb70ca9e56";

    private static final String SCOPE = "openid profile email model.completion";
    private static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final QwenClient client;

    /**
     * A proof key for code exchange (RFC 7636, method S256).
     *
     * @param verifier a secret until the code is redeemed
     */
    record Pkce(String verifier) {

        /** 32 bytes make the 43 characters that the RFC recommends. */
        private static final int BYTES = 32;

        static Pkce fresh(SecureRandom random) {
            byte[] secret = new byte[BYTES];
            random.nextBytes(secret);
            return new Pkce(base64(secret));
        }

        String challenge() {
            return base64(Sha256.of(verifier.getBytes(StandardCharsets.US_ASCII)));
        }

        private static String base64(byte[] bytes) {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        }

        @Override
        public String toString() {
            return "Pkce[***]";
        }
    }

    /**
     * A JSON reply of the OAuth routes.
     *
     * @param status its HTTP status
     * @param json its body, which may hold secrets
     */
    record OauthReply(int status, JsonNode json) {

        /** Where the service does not say how long a token lives: shorter than any that was seen. */
        private static final Duration SHORT_LIFE = Duration.ofHours(1);

        private static final long LONGEST_LIFE_SECONDS = Duration.ofDays(90).toSeconds();

        /** The code of RFC 6749 and 8628; empty where there is none. */
        String error() {
            JsonNode error = json.path("error");
            return error.isTextual() ? error.textValue() : error.path("code").asText("");
        }

        /** What the service says of itself, fit to be shown. */
        String words() {
            String description = json.path("error_description").asText("");
            String said = description.isEmpty() ? json.at("/data/details").asText("") : description;
            String code = error().isEmpty() ? json.at("/data/code").asText("") : error();
            String both = UpstreamQuote.of(said.isEmpty() || code.isEmpty() ? code + said : code + ": " + said);
            return both.isEmpty() ? "HTTP " + status : both;
        }

        /** Whether the approval was taken: the web API says so in its body, not in its status. */
        boolean approved() {
            return status / 100 == 2 && json.path("success").asBoolean(error().isEmpty());
        }

        /** The credential, where this is one; a refresh that brings no new refresh token leaves the old one good. */
        Optional<CliCredential> credential(Instant now, Optional<String> oldRefreshToken) {
            String access = json.path("access_token").asText("");
            if (access.isEmpty() || !fitForAHeader(access)) {
                return Optional.empty();
            }
            return Optional.of(new CliCredential(
                    access,
                    text("refresh_token").or(() -> oldRefreshToken),
                    text("resource_url"),
                    now.plus(lifetime())));
        }

        private static boolean fitForAHeader(String token) {
            return token.chars().allMatch(c -> c > ' ' && c < 0x7f);
        }

        private Duration lifetime() {
            long seconds = json.path("expires_in").asLong(0);
            return seconds <= 0 ? SHORT_LIFE : Duration.ofSeconds(Math.min(seconds, LONGEST_LIFE_SECONDS));
        }

        Optional<String> text(String name) {
            return Optional.of(json.path(name).asText("")).filter(value -> !value.isEmpty() && !value.equals("null"));
        }

        @Override
        public String toString() {
            return "OauthReply[" + status + "]";
        }
    }

    OauthClient(QwenClient client) {
        this.client = client;
    }

    OauthReply deviceCode(Pkce pkce) throws UpstreamException, InterruptedException {
        return form(
                "/api/v1/oauth2/device/code",
                Map.of(
                        "client_id",
                        CLIENT_ID,
                        "scope",
                        SCOPE,
                        "code_challenge",
                        pkce.challenge(),
                        "code_challenge_method",
                        "S256"));
    }

    /** Approves the device code for the account, as its owner would in the browser. */
    OauthReply approve(Account account, String userCode) throws UpstreamException, InterruptedException {
        byte[] body = JSON.createObjectNode()
                .put("approved", true)
                .put("user_code", userCode)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        return reply(client.postAsPage(account, "/api/v2/oauth2/authorize", body));
    }

    OauthReply redeem(String deviceCode, Pkce pkce) throws UpstreamException, InterruptedException {
        return form(
                "/api/v1/oauth2/token",
                Map.of(
                        "grant_type", DEVICE_GRANT,
                        "client_id", CLIENT_ID,
                        "device_code", deviceCode,
                        "code_verifier", pkce.verifier()));
    }

    OauthReply refresh(String refreshToken) throws UpstreamException, InterruptedException {
        return form(
                "/api/v1/oauth2/token",
                Map.of("grant_type", "refresh_token", "client_id", CLIENT_ID, "refresh_token", refreshToken));
    }

    private OauthReply form(String path, Map<String, String> fields) throws UpstreamException, InterruptedException {
        String form = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return reply(client.callPlain(
                TIMEOUT,
                base -> HttpRequest.newBuilder(URI.create(base + path))
                        .header("Accept", "application/json")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("User-Agent", USER_AGENT)
                        .header("x-request-id", UUID.randomUUID().toString())
                        .POST(BodyPublishers.ofString(form))));
    }

    private static OauthReply reply(CompletableFuture<HttpResponse<byte[]>> call)
            throws UpstreamException, InterruptedException {
        try {
            HttpResponse<byte[]> response = call.get();
            return new OauthReply(response.statusCode(), json(response));
        } catch (ExecutionException broken) {
            throw new UpstreamException(TransportErrors.of(broken), broken);
        } catch (InterruptedException stopped) {
            call.cancel(true);
            throw stopped;
        }
    }

    /** A reply that is no JSON object comes from a firewall or from a gateway in trouble, not from the service. */
    private static JsonNode json(HttpResponse<byte[]> response) throws UpstreamException {
        String text = new String(response.body(), StandardCharsets.UTF_8).strip();
        if (text.startsWith("{")) {
            try {
                return JSON.readTree(text);
            } catch (IOException cut) {
                throw new UpstreamException(Failure.of(FailureKind.BROKEN, "the service's reply is broken JSON"), cut);
            }
        }
        throw new UpstreamException(
                text.startsWith("<")
                        ? FailureClassifier.fromPage(response.statusCode(), text)
                        : Failure.of(
                                FailureKind.BROKEN,
                                "the service answered HTTP " + response.statusCode() + " without JSON"));
    }
}
