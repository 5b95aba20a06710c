package dev.qwen2api.account;

import dev.qwen2api.failure.FailureKind;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How often the upstream failed in each way since the start. Thread-safe without a lock. */
final class FailureCounts {

    private final Map<FailureKind, LongAdder> counts = Arrays.stream(FailureKind.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), kind -> new LongAdder()));

    void count(FailureKind kind) {
        counts.getOrDefault(kind, new LongAdder()).increment();
    }

    long of(FailureKind kind) {
        return counts.getOrDefault(kind, new LongAdder()).sum();
    }
}
