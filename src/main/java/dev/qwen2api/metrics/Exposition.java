package dev.qwen2api.metrics;

import java.util.Collection;

/**
 * Writes families in Prometheus' text format, version 0.0.4. Pure.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">its description</a>
 */
public final class Exposition {

    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** The largest whole number that a double and its neighbours tell apart. */
    private static final double EXACT = 1L << 53;

    private Exposition() {}

    /** The page; a family without samples is left out. */
    public static String text(Collection<Family> families) {
        var page = new StringBuilder(8192);
        for (Family family : families) {
            if (!family.samples().isEmpty()) {
                family(page, family);
            }
        }
        return page.toString();
    }

    private static void family(StringBuilder page, Family family) {
        String help = family.help().replace("\\", "\\\\").replace("\n", "\\n");
        page.append("# HELP ").append(family.name()).append(' ').append(help).append('\n');
        page.append("# TYPE ").append(family.name()).append(' ');
        page.append(family.type().wire()).append('\n');
        for (Sample sample : family.samples()) {
            page.append(family.name()).append(sample.suffix());
            labels(page, sample);
            page.append(' ').append(number(sample.value())).append('\n');
        }
    }

    private static void labels(StringBuilder page, Sample sample) {
        char before = '{';
        for (Sample.Label label : sample.labels()) {
            String value =
                    label.value().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            page.append(before).append(label.name()).append("=\"").append(value).append('"');
            before = ',';
        }
        page.append(sample.labels().isEmpty() ? "" : "}");
    }

    /** Whole numbers without an exponent, which people read more easily. */
    static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) <= EXACT
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
