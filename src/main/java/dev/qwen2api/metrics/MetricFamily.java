package dev.qwen2api.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One metric with all its samples.
 *
 * @param name by Prometheus' conventions: ends in the base unit, or {@code _total} for a counter
 * @param help one line
 * @param samples in the order of printing
 */
public record MetricFamily(String name, Type type, String help, List<Sample> samples) {

    /** Prometheus' metric types. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Supplies metrics at every scrape, on any thread. */
    @FunctionalInterface
    public interface Source {
        List<MetricFamily> families();
    }

    public MetricFamily {
        samples = List.copyOf(samples);
    }

    /** Creates a counter; several samples differ in their labels. */
    public static MetricFamily counter(String name, String help, Sample... samples) {
        return new MetricFamily(name, Type.COUNTER, help, List.of(samples));
    }

    /** Creates a gauge; several samples differ in their labels. */
    public static MetricFamily gauge(String name, String help, Sample... samples) {
        return new MetricFamily(name, Type.GAUGE, help, List.of(samples));
    }

    /**
     * One number of a metric.
     *
     * @param suffix appended to the metric's name, such as {@code _bucket}; usually empty
     */
    public record Sample(String suffix, List<Label> labels, double value) {

        public record Label(String name, String value) {}

        public Sample {
            labels = List.copyOf(labels);
        }

        public static Sample of(double value, Label... labels) {
            return new Sample("", List.of(labels), value);
        }

        /** Creates a sample; values beyond 2^53 lose precision. */
        public static Sample of(long value, Label... labels) {
            return of((double) value, labels);
        }

        /** Creates a bucket of a histogram. */
        static Sample bucket(List<Label> labels, String bound, double value) {
            var all = new ArrayList<>(labels);
            all.add(new Label("le", bound));
            return new Sample("_bucket", all, value);
        }
    }
}
