package dev.qwen2api.account;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The cookies of one signed-in browser session, in the order in which the browser sent them. The value is a secret:
 * {@link #toString()} shows only the names of the cookies. Immutable.
 */
public final class Credential {

    private static final String TOKEN = "token";

    private final Map<String, String> cookies;
    private final TokenClaims claims;

    private Credential(Map<String, String> cookies) {
        this.cookies = Collections.unmodifiableMap(cookies);
        this.claims = TokenClaims.read(cookies.getOrDefault(TOKEN, ""));
    }

    /**
     * Reads the text of a {@code Cookie} header.
     *
     * @return empty when it has no {@code token} cookie, or one that could not stand in a header
     */
    public static Optional<Credential> parse(String cookieHeader) {
        var cookies = new LinkedHashMap<String, String>();
        for (String pair : cookieHeader.split(";", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? "" : pair.substring(0, equals).strip();
            if (!name.isEmpty()) {
                cookies.put(name, pair.substring(equals + 1).strip());
            }
        }
        boolean usable = !cookies.getOrDefault(TOKEN, "").isEmpty()
                && cookieHeader.chars().allMatch(Credential::printable);
        return usable ? Optional.of(new Credential(cookies)) : Optional.empty();
    }

    private static boolean printable(int c) {
        return c >= ' ' && c < 0x7f;
    }

    /** The session with the given cookies put in; an empty value takes a cookie away. The token is never taken away. */
    public Credential with(Map<String, String> changes) {
        var merged = new LinkedHashMap<>(cookies);
        changes.forEach((name, value) -> {
            if (!value.isEmpty()) {
                merged.put(name, value);
            } else if (!name.equals(TOKEN)) {
                merged.remove(name);
            }
        });
        return merged.equals(cookies) ? this : new Credential(merged);
    }

    /** The text of the {@code Cookie} header. A secret. */
    public String cookieHeader() {
        var header = new StringBuilder();
        cookies.forEach((name, value) -> {
            header.append(header.isEmpty() ? "" : "; ").append(name).append('=').append(value);
        });
        return header.toString();
    }

    /** The bearer token, never empty. A secret. */
    public String token() {
        return cookies.getOrDefault(TOKEN, "");
    }

    /** The value of the cookie that renews the session, where the owner copied it too. A secret. */
    public Optional<String> refreshToken() {
        return Optional.ofNullable(cookies.get("refresh_token")).filter(value -> !value.isEmpty());
    }

    /** The upstream's id of the user, from the token; empty where the token cannot be read. */
    public Optional<String> userId() {
        return claims.userId();
    }

    /** When the token ends, as it says itself; empty where it does not say. */
    public Optional<Instant> expires() {
        return claims.expires();
    }

    /** Whether the token says of itself that it has ended. A token without an end never says so. */
    public boolean expiredAt(Instant now) {
        return expires().filter(end -> !now.isBefore(end)).isPresent();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Credential that && that.cookies.equals(cookies);
    }

    @Override
    public int hashCode() {
        return cookies.hashCode();
    }

    @Override
    public String toString() {
        return "Credential" + cookies.keySet();
    }
}
