package dev.qwen2api.fakeqwen;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The device flow and the credentials it ends in. Safe for use by several threads. */
public final class FakeOauth {
    /** How long an access token lives. */
    public static final Duration ACCESS_LIFE = Duration.ofHours(6);

    private static final Duration DEVICE_LIFE = Duration.ofMinutes(15);

    private final Clock clock;
    private final ConcurrentMap<String, Device> byDeviceCode = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Access> byAccessToken = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> byRefreshToken = new ConcurrentHashMap<>();
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final AtomicInteger slowDowns = new AtomicInteger();
    private volatile String resourceUrl;

    /** A pair of tokens. */
    public record Grant(String accessToken, String refreshToken) {
        @Override
        public String toString() {
            return "Grant[***]";
        }
    }

    /** A device code that waits for its owner. */
    record Device(String userCode, String challenge, Instant expiry, Decision decision) {
        Device decided(Decision next) {
            return new Device(userCode, challenge, expiry, next);
        }
    }

    /** What the owner said, and who it was. */
    record Decision(State state, String userId) {
        enum State {
            PENDING,
            APPROVED,
            DENIED
        }
    }

    private record Access(String userId, Instant expiry) {}

    FakeOauth(Clock clock, String baseUrl) {
        this.clock = clock;
        this.resourceUrl = baseUrl;
    }

    /** Tokens of a user without the detour of the device flow. */
    public Grant issue(String userId) {
        Grant grant = new Grant("at_" + Ids.hex(40), "rt_" + Ids.hex(40));
        byAccessToken.put(
                grant.accessToken(), new Access(userId, clock.instant().plus(ACCESS_LIFE)));
        byRefreshToken.put(grant.refreshToken(), userId);
        return grant;
    }

    /** Lets an access token die before its time. */
    public void expire(String accessToken) {
        byAccessToken.remove(accessToken);
    }

    /** Lets a refresh token die. */
    public void revoke(String refreshToken) {
        byRefreshToken.remove(refreshToken);
    }

    /** An official key that the portal takes as well. */
    public void allowKey(String key) {
        keys.add(key);
    }

    /** Answers the next polls with {@code slow_down}. */
    public void slowDown(int polls) {
        slowDowns.set(polls);
    }

    /** What {@code resource_url} says; this server's own address unless changed. */
    public void resourceUrl(String url) {
        resourceUrl = url;
    }

    /** Approves or denies a waiting device code, as its owner does in the browser. */
    public boolean decide(String userCode, String userId, boolean approved) {
        Decision.State state = approved ? Decision.State.APPROVED : Decision.State.DENIED;
        for (var entry : byDeviceCode.entrySet()) {
            if (entry.getValue().userCode().equals(userCode)) {
                entry.setValue(entry.getValue().decided(new Decision(state, userId)));
                return true;
            }
        }
        return false;
    }

    String resourceUrl() {
        return resourceUrl;
    }

    /** Who may use the portal with this token; the owner of an official key has no name. */
    Optional<String> owner(String token) {
        if (keys.contains(token)) {
            return Optional.of("");
        }
        return Optional.ofNullable(byAccessToken.get(token))
                .filter(access -> access.expiry().isAfter(clock.instant()))
                .map(Access::userId);
    }

    boolean isKey(String token) {
        return keys.contains(token);
    }

    String startDevice(String userCode, String challenge) {
        String code = "dc_" + Ids.hex(40);
        Instant expiry = clock.instant().plus(DEVICE_LIFE);
        byDeviceCode.put(code, new Device(userCode, challenge, expiry, new Decision(Decision.State.PENDING, "")));
        return code;
    }

    Optional<Device> device(String code) {
        return Optional.ofNullable(byDeviceCode.get(code))
                .filter(device -> device.expiry().isAfter(clock.instant()));
    }

    boolean asksToSlowDown() {
        return slowDowns.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    /** Turns an approved code into tokens, once. */
    Grant redeem(String code, String userId) {
        byDeviceCode.remove(code);
        return issue(userId);
    }

    /** Turns a refresh token into new tokens; the old one is spent. */
    Optional<Grant> refresh(String refreshToken) {
        return Optional.ofNullable(byRefreshToken.remove(refreshToken)).map(this::issue);
    }

    static String challenge(String verifier) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(FakeTokens.sha256(verifier));
    }
}
