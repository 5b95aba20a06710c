package dev.qwen2api.upstream.compatible;

import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.compatible.OauthClient.OauthReply;
import dev.qwen2api.upstream.compatible.OauthClient.Pkce;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Obtains a credential for an account by the device flow (RFC 8628), with the approval that its owner would give in the
 * browser. Blocks its thread for as long as that takes. Thread-safe.
 */
final class DeviceFlow {

    /** Where the service names no interval (seen), and the longest that it may slow us down to. */
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);

    private static final Pattern DEAD_SESSION = Pattern.compile("(?i)\\bunauthorized\\b|token has expired");
    private static final Pattern PASSING = Pattern.compile("(?i)ratelimited|user_validate|server_error|unavailable");

    private final OauthClient oauth;
    private final SecureRandom random;
    private final Clock clock;
    private final Sleeper sleeper;

    /** Waits. */
    @FunctionalInterface
    interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    /** The service refuses for good to give a credential. Its message is one clause without a secret. */
    static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        RefusedException(String reason) {
            super(reason);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /** A code that waits to be approved and redeemed. */
    private record Code(String deviceCode, Pkce pkce, Instant end) {}

    DeviceFlow(OauthClient oauth, SecureRandom random, Clock clock, Sleeper sleeper) {
        this.oauth = oauth;
        this.random = random;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /**
     * Runs the flow; a code that expires on the way is replaced once.
     *
     * @throws RefusedException when the service will not give a credential
     * @throws UpstreamException when it failed in a way that may pass
     */
    CliCredential run(Account account) throws RefusedException, UpstreamException, InterruptedException {
        Optional<CliCredential> granted = once(account);
        if (granted.isEmpty()) {
            granted = once(account);
        }
        return granted.orElseThrow(() -> new UpstreamException(
                Failure.of(FailureKind.SILENT, "the service let two device codes expire without a decision")));
    }

    private Optional<CliCredential> once(Account account)
            throws RefusedException, UpstreamException, InterruptedException {
        Pkce pkce = Pkce.fresh(random);
        OauthReply begun = oauth.deviceCode(pkce);
        String deviceCode = begun.text("device_code").orElse("");
        String userCode = begun.text("user_code").orElse("");
        if (deviceCode.isEmpty() || userCode.isEmpty()) {
            throw refusal("the service gives out no device code", begun);
        }
        OauthReply approval = oauth.approve(account, userCode);
        if (!approval.approved()) {
            throw refusal("the service does not take the account's approval", approval);
        }
        return poll(new Code(deviceCode, pkce, end(begun)), interval(begun));
    }

    private Instant end(OauthReply begun) {
        long seconds = begun.json().path("expires_in").asLong(LONGEST_LIFE.toSeconds());
        return clock.instant().plusSeconds(Math.max(0, Math.min(seconds, LONGEST_LIFE.toSeconds())));
    }

    private static Duration interval(OauthReply begun) {
        long seconds = begun.json().path("interval").asLong(0);
        return seconds <= 0 ? INTERVAL : Duration.ofSeconds(Math.min(seconds, LONGEST_LIFE.toSeconds()));
    }

    /**
     * Polls until there is a decision; empty when the code expired. The first poll is at once: the approval is ours.
     */
    private Optional<CliCredential> poll(Code code, Duration first)
            throws RefusedException, UpstreamException, InterruptedException {
        Duration interval = first;
        while (clock.instant().isBefore(code.end())) {
            OauthReply reply = oauth.redeem(code.deviceCode(), code.pkce());
            Optional<CliCredential> granted = reply.credential(clock.instant(), Optional.empty());
            if (granted.isPresent()) {
                return granted;
            }
            switch (reply.error()) {
                case "authorization_pending" -> sleeper.sleep(interval);
                case "slow_down" -> {
                    interval = slower(interval);
                    sleeper.sleep(interval);
                }
                case "expired_token" -> {
                    return Optional.empty();
                }
                default -> throw refusal("the service gives no credential", reply);
            }
        }
        return Optional.empty();
    }

    /** Half as long again, as the service's own client does it; an interval that began longer stays. */
    private static Duration slower(Duration interval) {
        Duration longer = interval.multipliedBy(3).dividedBy(2);
        Duration capped = longer.compareTo(LONGEST_INTERVAL) > 0 ? LONGEST_INTERVAL : longer;
        return capped.compareTo(interval) > 0 ? capped : interval;
    }

    /** A service in trouble, or one that does not know the session any more, refuses nothing for good. */
    private static RefusedException refusal(String what, OauthReply reply) throws UpstreamException {
        String detail = what + " (" + reply.words() + ")";
        if (reply.status() == 401 || DEAD_SESSION.matcher(reply.words()).find()) {
            throw new UpstreamException(Failure.of(FailureKind.EXPIRED, detail));
        }
        boolean verdict = !reply.error().isEmpty() || reply.json().has("success");
        if (reply.status() >= 500
                || reply.status() == 429
                || !verdict
                || PASSING.matcher(reply.words()).find()) {
            throw new UpstreamException(Failure.of(FailureKind.BUSY, detail));
        }
        return new RefusedException(detail);
    }
}
