package dev.qwen2api.account;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The circuit breaker of the network route that all accounts share. It opens for a while after several human checks,
 * because the service judges the address as well as the account, and further requests make it worse. Immutable.
 *
 * @param challenges human checks in a row
 * @param openings how often in a row it opened, for the doubling
 * @param opened when it opened, unless a request has succeeded since
 * @param until when it lets requests through again; meaningful with {@code opened} alone
 * @param epoch how many human checks were counted: those of requests that began in an earlier epoch are the same one
 */
public record CircuitBreaker(int challenges, int openings, Optional<Instant> opened, Instant until, int epoch) {

    static final CircuitBreaker CLOSED = new CircuitBreaker(0, 0, Optional.empty(), Instant.EPOCH, 0);

    /** What the owner sees of it. */
    public enum State {
        /** Requests go out. */
        CLOSED,
        /** No request goes out. */
        OPEN,
        /** Requests go out again; the next human check opens it at once, and for longer. */
        HALF_OPEN;

        /** The name on the wire, for example {@code half_open}. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public State state(Instant now) {
        return opened.map(begun -> Cooldown.isOver(begun, until, now) ? State.HALF_OPEN : State.OPEN)
                .orElse(State.CLOSED);
    }

    /** When it lets requests through again; empty unless it is open. */
    public Optional<Instant> openUntil(Instant now) {
        return state(now) == State.OPEN ? Optional.of(until) : Optional.empty();
    }

    /**
     * After a request that began in {@code since} and succeeded, which proves nothing where a human check came later.
     */
    CircuitBreaker succeeded(CircuitBreaker since) {
        return since.epoch < epoch ? this : reset();
    }

    CircuitBreaker reset() {
        return new CircuitBreaker(0, 0, Optional.empty(), until, epoch);
    }

    /** After a human check met by a request that began in {@code since}. */
    CircuitBreaker challenged(CircuitBreaker since, CooldownPolicy policy, Instant now) {
        if (since.epoch < epoch) {
            return this;
        }
        if (challenges + 1 < policy.challengesToOpen()) {
            return new CircuitBreaker(challenges + 1, openings, opened, until, epoch + 1);
        }
        Duration time = policy.doubled(policy.challengeCooldown(), openings + 1);
        return new CircuitBreaker(challenges + 1, openings + 1, Optional.of(now), now.plus(time), epoch + 1);
    }
}
