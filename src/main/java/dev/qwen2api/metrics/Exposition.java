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
    public static String text(Collection<MetricFamily> families) {
        var page = new StringBuilder(8192);
        for (MetricFamily metricFamily : families) {
            if (!metricFamily.samples().isEmpty()) {
                family(page, metricFamily);
            }
        }
        return page.toString();
    }

    private static void family(StringBuilder page, MetricFamily metricFamily) {
        String help = metricFamily.help().replace("\\", "\\\\").replace("\n", "\\n");
        page.append("# HELP ")
                .append(metricFamily.name())
                .append(' ')
                .append(help)
                .append('\n');
        page.append("# TYPE ").append(metricFamily.name()).append(' ');
        page.append(metricFamily.type().wire()).append('\n');
        for (Sample sample : metricFamily.samples()) {
            page.append(metricFamily.name()).append(sample.suffix());
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
