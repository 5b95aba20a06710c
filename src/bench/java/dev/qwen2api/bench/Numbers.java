package dev.qwen2api.bench;

import java.util.Arrays;

/** Many numbers, and what lies at which share of them. */
final class Numbers {

    private long[] values = new long[1024];
    private int count;
    private boolean sorted;

    void add(long value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = value;
        sorted = false;
    }

    void addAll(Numbers other) {
        for (int i = 0; i < other.count; i++) {
            add(other.values[i]);
        }
    }

    int count() {
        return count;
    }

    /** The value that {@code percent} of all values do not exceed; 0 where there are none. */
    long at(double percent) {
        if (count == 0) {
            return 0;
        }
        if (!sorted) {
            Arrays.sort(values, 0, count);
            sorted = true;
        }
        return values[Math.min(count - 1, (int) Math.ceil(percent / 100 * count) - (percent > 0 ? 1 : 0))];
    }
}
