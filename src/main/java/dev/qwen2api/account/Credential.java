package dev.qwen2api.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The cookies of one signed-in browser session, in the order in which the browser sent them. A secret: {@link
 * #toString()} shows only the names of the cookies. Immutable.
 */
public final class Credential {

    private static final String TOKEN = "token";
    private static final String REFRESH_TOKEN = "refresh_token";

    /** How long before its end a token is near it: a day, and of short-lived ones the last fifth. */
    private static final Duration NEAR = Duration.ofDays(1);

    private static final int PART_OF_LIFE = 5;

    private static final int MOST_COOKIES = 64;
    /** Length of the {@code Cookie} header. */
    private static final int LONGEST = 12 * 1024;

    private final Map<String, String> cookies;
    /** Names of the cookies that the owner copied. */
    private final Set<String> copied;

    private final boolean renewable;
    private final TokenClaims claims;

    private Credential(Map<String, String> cookies, Set<String> copied, boolean renewable) {
        this(cookies, copied, renewable, TokenClaims.read(cookies.getOrDefault(TOKEN, "")));
    }

    private Credential(Map<String, String> cookies, Set<String> copied, boolean renewable, TokenClaims claims) {
        this.copied = Set.copyOf(copied);
        this.cookies = Collections.unmodifiableMap(cookies);
        this.renewable = renewable && !cookies.getOrDefault(REFRESH_TOKEN, "").isEmpty();
        this.claims = claims;
    }

    /** A bearer token that is no session, such as an official key; its end is known elsewhere, if at all. */
    public static Credential bearer(String token, Optional<String> userId) {
        return new Credential(
                Map.of(TOKEN, token),
                Set.of(TOKEN),
                false,
                new TokenClaims(userId, Optional.empty(), Optional.empty()));
    }

    /**
     * Reads the text of a {@code Cookie} header.
     *
     * @return empty when it has neither a {@code token} cookie nor a {@code refresh_token}, or one that could not stand
     *     in a header
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
        boolean session = !cookies.getOrDefault(TOKEN, "").isEmpty()
                || !cookies.getOrDefault(REFRESH_TOKEN, "").isEmpty();
        boolean usable = session && cookieHeader.chars().allMatch(Credential::printable);
        return usable ? Optional.of(new Credential(cookies, cookies.keySet(), true)) : Optional.empty();
    }

    private static boolean printable(int c) {
        return c >= ' ' && c < 0x7f;
    }

    /**
     * The session with the cookies that a reply set; an empty value takes a cookie away. The token gives way only to a
     * JSON Web Token of the same user. A jar that grows too large loses the oldest cookies that the owner did not copy.
     */
    public Credential with(Map<String, String> changes) {
        String token = changes.getOrDefault(TOKEN, "");
        boolean foreign = TokenClaims.isToken(token) && !isOfUser(token);
        var merged = new LinkedHashMap<>(cookies);
        changes.forEach((name, value) -> {
            boolean kept = name.equals(TOKEN) ? !TokenClaims.isToken(value) || foreign : foreign && isRenewal(name);
            if (!kept && value.isEmpty()) {
                merged.remove(name);
            } else if (!kept) {
                merged.put(name, value);
            }
        });
        trim(merged);
        boolean sameRenewal = Objects.equals(merged.get(REFRESH_TOKEN), cookies.get(REFRESH_TOKEN));
        return merged.equals(cookies) ? this : new Credential(merged, copied, renewable || !sameRenewal);
    }

    private static boolean isRenewal(String name) {
        return name.equals(REFRESH_TOKEN);
    }

    private boolean isOfUser(String token) {
        return userId().isEmpty() || userId().equals(TokenClaims.read(token).userId());
    }

    private void trim(Map<String, String> jar) {
        Iterator<String> names = List.copyOf(jar.keySet()).iterator();
        while (names.hasNext() && (jar.size() > MOST_COOKIES || header(jar).length() > LONGEST)) {
            String name = names.next();
            if (!copied.contains(name) && !name.equals(TOKEN) && !isRenewal(name)) {
                jar.remove(name);
            }
        }
    }

    /** The same session, of which the owner copied the cookies of that text and no other. */
    Credential copiedFrom(String cookieHeader) {
        return parse(cookieHeader)
                .map(pasted -> new Credential(cookies, pasted.cookies.keySet(), renewable, claims))
                .orElse(this);
    }

    /** The same session after the upstream refused to renew it: its refresh token is not presented again. */
    Credential withoutRenewal() {
        return new Credential(cookies, copied, false);
    }

    /** The text of the {@code Cookie} header. A secret. */
    public String cookieHeader() {
        return header(cookies);
    }

    private static String header(Map<String, String> cookies) {
        var header = new StringBuilder();
        cookies.forEach((name, value) -> {
            header.append(header.isEmpty() ? "" : "; ").append(name).append('=').append(value);
        });
        return header.toString();
    }

    /** The bearer token; empty until a session that has only a refresh token is renewed. A secret. */
    public String token() {
        return cookies.getOrDefault(TOKEN, "");
    }

    /**
     * Whether it can be tried to renew the session: the owner copied its refresh token too, and it was not refused
     * yet.
     */
    public boolean isRenewable() {
        return renewable;
    }

    /** The cookie that renews the session; empty where there is none. A secret. */
    public String refreshToken() {
        return cookies.getOrDefault(REFRESH_TOKEN, "");
    }

    /** Whether it presents the same tokens. */
    boolean isSameSession(Credential other) {
        return token().equals(other.token()) && refreshToken().equals(other.refreshToken());
    }

    /** Whether the token, where there is one, is a JSON Web Token. */
    boolean isReadable() {
        return token().isEmpty() || TokenClaims.isToken(token());
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

    /** Whether the token has ended and nothing can be done about it here. */
    public boolean isDeadAt(Instant now) {
        return expiredAt(now) && !renewable;
    }

    /** Whether the token's end is near enough to renew it ahead, or past. */
    public boolean nearEndAt(Instant now) {
        return expires().filter(end -> !now.isBefore(end.minus(near(end)))).isPresent();
    }

    private Duration near(Instant end) {
        return claims.issued()
                .map(begin -> Duration.between(begin, end).dividedBy(PART_OF_LIFE))
                .filter(part -> part.compareTo(NEAR) < 0)
                .orElse(NEAR);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Credential that && that.cookies.equals(cookies) && that.renewable == renewable;
    }

    @Override
    public int hashCode() {
        return cookies.hashCode();
    }

    @Override
    public String toString() {
        return "Credential" + cookies.keySet();
    }

    /**
     * The claims of an access token, without a check of its signature, which is up to the service. Every claim is
     * optional, because tokens changed their claims several times and may become opaque.
     *
     * @param userId claim {@code id}
     * @param issued claim {@code iat}, seconds since the epoch on the wire; the 30-day tokens have none
     * @param expires claim {@code exp}, seconds since the epoch on the wire
     */
    private record TokenClaims(Optional<String> userId, Optional<Instant> issued, Optional<Instant> expires) {

        private static final JsonMapper JSON = new JsonMapper();
        /** The end of the year 9999, in seconds since the epoch; later dates cannot be formatted. */
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
}
