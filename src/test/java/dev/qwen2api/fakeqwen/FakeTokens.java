package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** Session tokens in the two shapes of the service. The signature is made up and never checked. */
public final class FakeTokens {
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    /** What a token says. */
    public record Claims(String userId, Instant expiry) {}

    private FakeTokens() {}

    /** A 30-day token: claims {@code id}, {@code last_password_change}, {@code exp}. */
    public static String mint(String userId, Instant expiry) {
        String claims = "{\"id\":\"" + userId + "\",\"last_password_change\":1750660873,\"exp\":"
                + expiry.getEpochSecond() + "}";
        return token("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, "");
    }

    /** A token of the auth host: adds {@code typ} and {@code iat}, and {@code kid} to the header. */
    public static String mintShort(String userId, Instant issued, Duration life) {
        String claims = "{\"id\":\"" + userId
                + "\",\"last_password_change\":1750660873,\"typ\":\"access_token\",\"iat\":" + issued.getEpochSecond()
                + ",\"exp\":" + issued.plus(life).getEpochSecond() + "}";
        return token("{\"alg\":\"HS256\",\"kid\":\"legacy\",\"typ\":\"JWT\"}", claims, Ids.hex(16));
    }

    /** The claims of a token; empty if it is none. */
    public static Optional<Claims> read(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode claims = Json.read(Base64.getUrlDecoder().decode(parts[1]));
            String id = claims.path("id").asText();
            return id.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Claims(
                            id, Instant.ofEpochSecond(claims.path("exp").asLong())));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** The salt makes two tokens of the same second differ. */
    private static String token(String header, String claims, String salt) {
        String signed = encoded(header) + "." + encoded(claims);
        return signed + "." + URL.encodeToString(sha256(signed + salt));
    }

    private static String encoded(String json) {
        return URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
