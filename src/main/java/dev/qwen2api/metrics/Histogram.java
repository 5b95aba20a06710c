package dev.qwen2api.metrics;

import dev.qwen2api.metrics.Sample.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A histogram of durations. Thread-safe without locks; a scrape may see an observation in part of its numbers only. */
final class Histogram {

    private static final double NANOS = 1e9;

    private final double[] bounds;
    private final LongAdder[] counts;
    private final LongAdder nanos = new LongAdder();

    /**
     * @param bounds ascending upper bounds of the buckets in seconds, without infinity
     */
    Histogram(double... bounds) {
        this.bounds = bounds.clone();
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Records a duration in nanoseconds; a negative one counts as zero. */
    void observe(long duration) {
        long counted = Math.max(0, duration);
        int bucket = 0;
        while (bucket < bounds.length && counted > bounds[bucket] * NANOS) {
            bucket++;
        }
        counts[bucket].increment();
        nanos.add(counted);
    }

    List<Sample> samples(Label... labels) {
        List<Label> common = List.of(labels);
        var samples = new ArrayList<Sample>();
        long sum = 0;
        for (int i = 0; i < bounds.length; i++) {
            sum += counts[i].sum();
            samples.add(Sample.bucket(common, Exposition.number(bounds[i]), (double) sum));
        }
        sum += counts[bounds.length].sum();
        samples.add(Sample.bucket(common, "+Inf", (double) sum));
        samples.add(new Sample("_sum", common, nanos.sum() / NANOS));
        samples.add(new Sample("_count", common, (double) sum));
        return samples;
    }
}
