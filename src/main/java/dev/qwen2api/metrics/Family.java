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
public record Family(String name, Type type, String help, List<Sample> samples) {

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
        List<Family> families();
    }

    public Family {
        samples = List.copyOf(samples);
    }

    /** A counter with one sample, or several that differ in their labels. */
    public static Family counter(String name, String help, Sample... samples) {
        return new Family(name, Type.COUNTER, help, List.of(samples));
    }

    /** The same of a gauge. */
    public static Family gauge(String name, String help, Sample... samples) {
        return new Family(name, Type.GAUGE, help, List.of(samples));
    }
}
