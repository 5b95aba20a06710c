package dev.qwen2api.metrics;

import dev.qwen2api.metrics.MetricFamily.Sample;
import java.util.Collection;

/**
 * Formats metrics in Prometheus' text format, version 0.0.4.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">its description</a>
 */
public final class Exposition {

    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Doubles represent whole numbers exactly up to here. */
    private static final double EXACT = 1L << 53;

    private Exposition() {}

    /** Returns the page, without families that have no samples. */
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

    /** Formats whole numbers without an exponent. */
    static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) <= EXACT
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
