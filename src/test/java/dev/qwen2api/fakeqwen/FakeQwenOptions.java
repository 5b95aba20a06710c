package dev.qwen2api.fakeqwen;

import java.time.Clock;
import java.time.Duration;

/**
 * How a fake is set up.
 *
 * @param port the port on 127.0.0.1, 0 for any free one
 * @param chunkDelay the wait before each text frame of an unscripted answer
 * @param recordLimit how many requests are remembered; 0 switches the recorder off, for long runs and for speed
 * @param recordsAppearAfter how long after an answer its chat record still looks empty
 * @param clock the time by which tokens expire
 */
public record FakeQwenOptions(
        int port, Duration chunkDelay, int recordLimit, Duration recordsAppearAfter, Clock clock) {
    /** Any port, no waits, a recorder of 20,000 requests. */
    public static FakeQwenOptions standard() {
        return new FakeQwenOptions(0, Duration.ZERO, 20_000, Duration.ZERO, Clock.systemUTC());
    }

    /** Another port. */
    public FakeQwenOptions withPort(int other) {
        return new FakeQwenOptions(other, chunkDelay, recordLimit, recordsAppearAfter, clock);
    }

    /** Another wait before each text frame of an unscripted answer. */
    public FakeQwenOptions withChunkDelay(Duration delay) {
        return new FakeQwenOptions(port, delay, recordLimit, recordsAppearAfter, clock);
    }

    /** Another memory. */
    public FakeQwenOptions withRecordLimit(int limit) {
        return new FakeQwenOptions(port, chunkDelay, limit, recordsAppearAfter, clock);
    }

    /** Chat records that appear late. */
    public FakeQwenOptions withRecordsAppearingAfter(Duration delay) {
        return new FakeQwenOptions(port, chunkDelay, recordLimit, delay, clock);
    }

    /** Another time. */
    public FakeQwenOptions withClock(Clock other) {
        return new FakeQwenOptions(port, chunkDelay, recordLimit, recordsAppearAfter, other);
    }
}
