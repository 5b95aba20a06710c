package dev.qwen2api.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.metrics.MetricFamily.Sample;
import dev.qwen2api.metrics.MetricFamily.Sample.Label;
import dev.qwen2api.metrics.RequestMetrics.Histogram;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text that Prometheus reads. */
class ExpositionTest {

    @Test
    void a_family_is_told_with_its_help_its_type_and_its_samples() {
        assertEquals(
                """
                # HELP a_total What\\nit is.
                # TYPE a_total counter
                a_total{x="1",y="b"} 2
                a_total 0.5
                """,
                Exposition.text(List.of(MetricFamily.counter(
                        "a_total",
                        "What\nit is.",
                        Sample.of(2, new Label("x", "1"), new Label("y", "b")),
                        Sample.of(0.5)))));
    }

    @Test
    void a_label_cannot_break_out_of_its_quotes() {
        String page = Exposition.text(
                List.of(MetricFamily.gauge("g", "h", Sample.of(1, new Label("l", "a\"} 1\nforged 2\\")))));
        assertEquals("g{l=\"a\\\"} 1\\nforged 2\\\\\"} 1", page.lines().toList().get(2));
    }

    @Test
    void a_family_without_samples_is_left_out() {
        assertEquals("", Exposition.text(List.of(MetricFamily.gauge("g", "h"))));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0.1, 0.1", "-3, -3", "1700000000, 1700000000", "Infinity, +Inf", "-Infinity, -Inf", "NaN, NaN"
    })
    void numbers_are_written_as_prometheus_reads_them(double value, String text) {
        assertEquals(text, Exposition.number(value));
    }

    @Test
    void a_histogram_counts_into_buckets_that_hold_those_below() {
        var histogram = new Histogram(0.5, 1);
        for (long millis : new long[] {500, 501, 1000, 5000, -7}) {
            histogram.observe(millis * 1_000_000);
        }
        var metricFamily =
                new MetricFamily("d_seconds", MetricFamily.Type.HISTOGRAM, "h", histogram.samples(new Label("r", "/")));
        assertEquals("""
                # HELP d_seconds h
                # TYPE d_seconds histogram
                d_seconds_bucket{r="/",le="0.5"} 2
                d_seconds_bucket{r="/",le="1"} 4
                d_seconds_bucket{r="/",le="+Inf"} 5
                d_seconds_sum{r="/"} 7.001
                d_seconds_count{r="/"} 5
                """, Exposition.text(List.of(metricFamily)));
    }

    @Test
    void requests_are_counted_by_route_method_and_status() {
        var metrics = new RequestMetrics();
        metrics.count(done("GET", "/a", 200));
        metrics.count(done("GET", "/a", 200));
        metrics.count(done("POST", "/a", 200));
        metrics.count(new RequestMetrics.Done(
                "POST", "/a", 200, 5, OptionalLong.of(2_500_000_000L), Optional.of("upstream_error")));
        metrics.retried();
        String page = Exposition.text(metrics.families());
        assertEquals(
                List.of(
                        "qwen2api_http_requests_total{method=\"GET\",route=\"/a\",status=\"200\"} 2",
                        "qwen2api_http_requests_total{method=\"POST\",route=\"/a\",status=\"200\"} 2",
                        "qwen2api_http_request_duration_seconds_count{route=\"/a\"} 4",
                        "qwen2api_time_to_first_token_seconds_sum 2.5",
                        "qwen2api_time_to_first_token_seconds_count 1",
                        "qwen2api_answers_broken_total{code=\"upstream_error\"} 1",
                        "qwen2api_chat_retries_total 1"),
                page.lines()
                        .filter(line -> !line.startsWith("#")
                                && !line.contains("_bucket")
                                && !line.contains("duration_seconds_sum"))
                        .toList());
    }

    private static RequestMetrics.Done done(String method, String route, int status) {
        return new RequestMetrics.Done(method, route, status, 1, OptionalLong.empty(), Optional.empty());
    }
}
