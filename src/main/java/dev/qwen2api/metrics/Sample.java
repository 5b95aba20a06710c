package dev.qwen2api.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * One number of a metric.
 *
 * @param suffix appended to the metric's name, such as {@code _bucket}; usually empty
 */
public record Sample(String suffix, List<Label> labels, double value) {

    /** A label; the value may be any text. */
    public record Label(String name, String value) {}

    public Sample {
        labels = List.copyOf(labels);
    }

    /** Creates a sample. */
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
