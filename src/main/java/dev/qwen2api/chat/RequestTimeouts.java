package dev.qwen2api.chat;

import java.time.Duration;

/**
 * The time limits of a request.
 *
 * @param queue longest wait for an account that is busy
 * @param firstByte longest wait for the upstream's first sign of life
 * @param idle longest time without progress after that; keep-alives are no progress
 * @param heartbeat longest time in which nothing is sent to the client; zero sends no heartbeats
 * @param probe how often a silent client is checked for having hung up
 */
public record RequestTimeouts(Duration queue, Duration firstByte, Duration idle, Duration heartbeat, Duration probe) {}
