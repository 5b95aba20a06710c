package dev.qwen2api.fakeqwen;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who may use the service. Every token with a readable {@code id} and an expiry ahead is good unless it was revoked, so
 * most tests only mint one. Safe for use by several threads.
 */
public final class FakeAccounts {
    /** How long a renewed token lives. */
    public static final Duration SHORT_LIFE = Duration.ofMinutes(15);

    private static final Duration LONG_LIFE = Duration.ofDays(30);

    private final Clock clock;
    private final ConcurrentMap<String, Owner> byEmail = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> byRefreshToken = new ConcurrentHashMap<>();
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();

    /** The state of a request's token. */
    enum Standing {
        ALIVE,
        MISSING,
        EXPIRED
    }

    private record Owner(String userId, String passwordHash) {}

    FakeAccounts(Clock clock) {
        this.clock = clock;
    }

    /** A fresh user id. */
    public String newUser() {
        return Ids.uuid();
    }

    /** A token that is good for 30 days. */
    public String token(String userId) {
        return token(userId, clock.instant().plus(LONG_LIFE));
    }

    /** A token that is good until then. */
    public String token(String userId, Instant end) {
        return FakeTokens.mint(userId, end);
    }

    /** A token that expired an hour ago. */
    public String expiredToken(String userId) {
        return FakeTokens.mint(userId, clock.instant().minus(Duration.ofHours(1)));
    }

    /** A refresh token that is good for one renewal. */
    public String refreshToken(String userId) {
        String token = "rt_" + Ids.hex(48);
        byRefreshToken.put(token, userId);
        return token;
    }

    /** The cookie line of a signed-in browser: a 30-day token, a refresh token, the page's own cookies. */
    public String cookie(String userId) {
        return cookie(userId, token(userId));
    }

    /** The same around a token of the caller's choice. */
    public String cookie(String userId, String token) {
        return "cna=" + Ids.hex(24) + "; token=" + token + "; ssxmod_itna=1-" + Ids.hex(32) + "; ssxmod_itna2=1-"
                + Ids.hex(32) + "; refresh_token=" + refreshToken(userId);
    }

    /** Makes sign-in with e-mail and password possible. */
    public void allowSignIn(String userId, String email, String password) {
        String hash = HexFormat.of().formatHex(FakeTokens.sha256(password));
        byEmail.put(email, new Owner(userId, hash));
    }

    /** Lets a token die before its time. */
    public void revoke(String token) {
        revoked.add(token);
    }

    Optional<String> signIn(String email, String passwordHash) {
        return Optional.ofNullable(byEmail.get(email))
                .filter(owner -> owner.passwordHash().equals(passwordHash))
                .map(Owner::userId);
    }

    /** Spends a refresh token. */
    Optional<String> renew(String refreshToken) {
        return Optional.ofNullable(byRefreshToken.remove(refreshToken));
    }

    String shortToken(String userId) {
        return FakeTokens.mintShort(userId, clock.instant(), SHORT_LIFE);
    }

    /** The refusal of a request without a good token: a real 401 without any, HTTP 200 with an expired one. */
    Optional<Reply> refusal(Request request) {
        return switch (standing(request)) {
            case ALIVE -> Optional.empty();
            case MISSING -> Optional.of(CannedReplies.noToken(request));
            case EXPIRED -> Optional.of(CannedReplies.expired(request));
        };
    }

    Standing standing(Request request) {
        Optional<String> token = request.token();
        if (token.isEmpty()) {
            return Standing.MISSING;
        }
        boolean alive = token.flatMap(FakeTokens::read)
                .filter(claims -> claims.expiry().isAfter(clock.instant()))
                .isPresent();
        return alive && !revoked.contains(token.get()) ? Standing.ALIVE : Standing.EXPIRED;
    }
}
