package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.upstream.qwen.UpstreamQuote;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

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
                access, text("refresh_token").or(() -> oldRefreshToken), text("resource_url"), now.plus(lifetime())));
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
