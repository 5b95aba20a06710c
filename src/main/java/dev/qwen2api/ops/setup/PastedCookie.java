package dev.qwen2api.ops.setup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.account.Credential;
import dev.qwen2api.config.CookieList;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Checks what the owner pasted as cookie: each must hold a token that is whole, readable and not ended. Pure. */
final class PastedCookie {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String AGAIN = "; copy the whole value of the Cookie header while signed in";

    /** Bytes of a signature whose algorithm fixes its length: a shorter one was cut. */
    private static final Map<String, Integer> SIGNATURE_BYTES =
            Map.of("HS256", 32, "HS384", 48, "HS512", 64, "ES256", 64, "EdDSA", 64, "RS256", 256);

    private PastedCookie() {}

    /** Why a paste is no cookie. The message holds no piece of it. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Reads one cookie, or several separated by commas or line breaks.
     *
     * @return the value of {@code QWEN_COOKIES}
     */
    static String read(String pasted, Instant now) throws RefusedException {
        // What a terminal sends around a paste, should the shell have left that mode on.
        String text =
                pasted.replace("\u001b[200~", "").replace("\u001b[201~", "").strip();
        var cookies = new ArrayList<String>();
        for (var cookie : CookieList.parse(text).cookies()) {
            if (!cookie.reveal().isEmpty()) {
                cookies.add(checked(cookie.reveal(), cookies.size() + 1, now));
            }
        }
        if (cookies.isEmpty()) {
            throw new RefusedException("there is no cookie in it");
        }
        return String.join(",", cookies);
    }

    private static String checked(String cookie, int number, Instant now) throws RefusedException {
        String name = "cookie " + number;
        if (!cookie.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new RefusedException(name + " holds a character that no cookie can have" + AGAIN);
        }
        Credential credential = Credential.parse(cookie)
                .orElseThrow(() -> new RefusedException(name + " has no token=… in it" + AGAIN));
        if (!isWhole(credential)) {
            throw new RefusedException(
                    "the token of " + name + " cannot be decoded: it was cut, or is no token" + AGAIN);
        }
        if (credential.isDeadAt(now)) {
            throw new RefusedException("the session of " + name + " has ended; sign in again and copy the new cookie");
        }
        return cookie;
    }

    private static boolean isWhole(Credential credential) {
        List<String> parts = List.of(credential.token().split("\\.", -1));
        if (parts.size() != 3
                || credential.userId().isEmpty() && credential.expires().isEmpty()) {
            return false;
        }
        try {
            JsonNode header = JSON.readTree(Base64.getUrlDecoder().decode(parts.get(0)));
            int bytes = Base64.getUrlDecoder().decode(parts.get(2)).length;
            return bytes >= SIGNATURE_BYTES.getOrDefault(header.path("alg").asText(""), 1);
        } catch (IOException | IllegalArgumentException unreadable) {
            return false;
        }
    }
}
