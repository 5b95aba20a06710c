package dev.qwen2api.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * One number of a family.
 *
 * @param suffix what follows the family's name, such as {@code _bucket}; mostly empty
 * @param labels what tells it from its siblings, in order
 * @param value the number
 */
public record Sample(String suffix, List<Label> labels, double value) {

    /** A name of letters, and any text. */
    public record Label(String name, String value) {}

    public Sample {
        labels = List.copyOf(labels);
    }

    /** A number; without labels it has no siblings. */
    public static Sample of(double value, Label... labels) {
        return new Sample("", List.of(labels), value);
    }

    /** A count; those beyond 2^53 lose their last digits. */
    public static Sample of(long value, Label... labels) {
        return of((double) value, labels);
    }

    /** The same with one more label and a suffix. */
    static Sample bucket(List<Label> labels, String bound, double value) {
        var all = new ArrayList<>(labels);
        all.add(new Label("le", bound));
        return new Sample("_bucket", all, value);
    }
}
