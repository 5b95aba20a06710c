package dev.qwen2api.account;

import java.time.Duration;

/**
 * The load limits of an account.
 *
 * @param maxConcurrent running generations per account; 0 is no limit
 * @param minGap pause between the starts of two generations of one account
 */
public record RingLimits(int maxConcurrent, Duration minGap) {

    public RingLimits {
        if (maxConcurrent < 0 || minGap.isNegative()) {
            throw new IllegalArgumentException("negative limit");
        }
    }
}
