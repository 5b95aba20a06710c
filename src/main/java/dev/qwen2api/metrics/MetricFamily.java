package dev.qwen2api.metrics;

import java.util.List;
import java.util.Locale;

/**
 * One metric with all its samples, as they were at one moment.
 *
 * @param name after Prometheus' conventions: the base unit at its end, {@code _total} for a counter
 * @param type what kind of numbers it has
 * @param help one line for people
 * @param samples in the order in which they are printed
 */
public record MetricFamily(String name, Type type, String help, List<Sample> samples) {

    /** What Prometheus makes of the numbers. */
    public enum Type {
        /** Only grows. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** Counts of values by size. */
        HISTOGRAM;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Something that can tell families; called at every scrape, by any thread. */
    @FunctionalInterface
    public interface Source {
        List<MetricFamily> families();
    }

    public MetricFamily {
        samples = List.copyOf(samples);
    }

    /** A counter with one sample, or several that differ in their labels. */
    public static MetricFamily counter(String name, String help, Sample... samples) {
        return new MetricFamily(name, Type.COUNTER, help, List.of(samples));
    }

    /** The same of a gauge. */
    public static MetricFamily gauge(String name, String help, Sample... samples) {
        return new MetricFamily(name, Type.GAUGE, help, List.of(samples));
    }
}
