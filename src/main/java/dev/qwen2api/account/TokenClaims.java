package dev.qwen2api.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * The claims of an access token, without a check of its signature, which is up to the service. Every claim is
 * optional, because tokens changed their claims several times and may become opaque.
 *
 * @param userId claim {@code id}
 * @param issued claim {@code iat}, seconds since the epoch on the wire; the 30-day tokens have none
 * @param expires claim {@code exp}, seconds since the epoch on the wire
 */
record TokenClaims(Optional<String> userId, Optional<Instant> issued, Optional<Instant> expires) {

    private static final JsonMapper JSON = new JsonMapper();
    /** The year 9999 ends; nothing that writes dates is at ease beyond it. */
    private static final long LATEST_EXPIRY = 253_402_300_799L;

    private static final TokenClaims NONE = new TokenClaims(Optional.empty(), Optional.empty(), Optional.empty());

    static TokenClaims read(String token) {
        return decoded(token)
                .map(claims -> new TokenClaims(
                        Optional.ofNullable(claims.path("id").textValue()),
                        moment(claims.path("iat")),
                        moment(claims.path("exp"))))
                .orElse(NONE);
    }

    /** Whether a text is a JSON Web Token. */
    static boolean isToken(String text) {
        return decoded(text).isPresent();
    }

    private static Optional<JsonNode> decoded(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return Optional.ofNullable(claims).filter(JsonNode::isObject);
        } catch (IOException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> moment(JsonNode seconds) {
        boolean plausible = seconds.isNumber() && seconds.asLong() > 0 && seconds.asLong() <= LATEST_EXPIRY;
        return plausible ? Optional.of(Instant.ofEpochSecond(seconds.asLong())) : Optional.empty();
    }
}
