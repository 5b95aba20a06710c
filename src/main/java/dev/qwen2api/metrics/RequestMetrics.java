package dev.qwen2api.metrics;

import dev.qwen2api.metrics.MetricFamily.Sample;
import dev.qwen2api.metrics.MetricFamily.Sample.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Metrics of completed requests. All label values come from closed sets, so that no client can grow the page.
 * Thread-safe.
 */
public final class RequestMetrics implements MetricFamily.Source {

    private static final double[] FIRST_TOKEN = {0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120};
    private static final double[] DURATION = {0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600};

    private final ConcurrentSkipListMap<RequestClass, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, Histogram> durations = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, LongAdder> broken = new ConcurrentSkipListMap<>();
    private final Histogram firstToken = new Histogram(FIRST_TOKEN);
    private final LongAdder retries = new LongAdder();

    private record RequestClass(String method, String route, int status) implements Comparable<RequestClass> {

        @Override
        public int compareTo(RequestClass other) {
            int byRoute = route.compareTo(other.route);
            int byMethod = byRoute == 0 ? method.compareTo(other.method) : byRoute;
            return byMethod == 0 ? Integer.compare(status, other.status) : byMethod;
        }
    }

    /**
     * A completed request.
     *
     * @param method the HTTP method, or {@code other}
     * @param route the pattern of the route, not the path; {@code none} without one
     * @param nanos from the first byte of the request to the last of the answer
     * @param firstToken nanoseconds to the first token, if there was one
     * @param error the code of an error after the status was sent
     */
    public record Done(
            String method, String route, int status, long nanos, OptionalLong firstToken, Optional<String> error) {}

    /** Records a request. */
    public void count(Done done) {
        var requestClass = new RequestClass(done.method(), done.route(), done.status());
        requests.computeIfAbsent(requestClass, unseen -> new LongAdder()).increment();
        durations
                .computeIfAbsent(done.route(), unseen -> new Histogram(DURATION))
                .observe(done.nanos());
        done.firstToken().ifPresent(firstToken::observe);
        done.error()
                .ifPresent(code ->
                        broken.computeIfAbsent(code, unseen -> new LongAdder()).increment());
    }

    /** Records that a request tried another account. */
    public void retried() {
        retries.increment();
    }

    @Override
    public List<MetricFamily> families() {
        return List.of(
                requestCounts(),
                requestDurations(),
                firstTokens(),
                brokenAnswers(),
                MetricFamily.counter(
                        "qwen2api_chat_retries_total",
                        "Further accounts tried after one failed.",
                        Sample.of(retries.sum())));
    }

    private MetricFamily requestCounts() {
        return MetricFamily.counter(
                "qwen2api_http_requests_total",
                "Completed requests.",
                samples(
                        requests,
                        requestClass -> List.of(
                                new Label("method", requestClass.method()),
                                new Label("route", requestClass.route()),
                                new Label("status", Integer.toString(requestClass.status())))));
    }

    private MetricFamily requestDurations() {
        var byRoute = new ArrayList<Sample>();
        durations.forEach((route, histogram) -> byRoute.addAll(histogram.samples(new Label("route", route))));
        return new MetricFamily(
                "qwen2api_http_request_duration_seconds",
                MetricFamily.Type.HISTOGRAM,
                "Time from the first byte of a request to the last byte of its answer.",
                byRoute);
    }

    private MetricFamily firstTokens() {
        return new MetricFamily(
                "qwen2api_time_to_first_token_seconds",
                MetricFamily.Type.HISTOGRAM,
                "Time from the first byte of a request to the first token of its answer.",
                firstToken.samples());
    }

    private MetricFamily brokenAnswers() {
        return MetricFamily.counter(
                "qwen2api_answers_broken_total",
                "Answers that ended with an error after their status had been sent.",
                samples(broken, code -> List.of(new Label("code", code))));
    }

    private static <K> Sample[] samples(ConcurrentSkipListMap<K, LongAdder> counters, Function<K, List<Label>> labels) {
        return counters.entrySet().stream()
                .map(entry -> new Sample(
                        "", labels.apply(entry.getKey()), entry.getValue().sum()))
                .toArray(Sample[]::new);
    }

    /** A histogram of durations. Thread-safe without locks, so a scrape may see an observation half counted. */
    static final class Histogram {

        private static final double NANOS = 1e9;

        private final double[] bounds;
        private final LongAdder[] counts;
        private final LongAdder nanos = new LongAdder();

        /** @param bounds ascending upper bounds of the buckets in seconds, without infinity */
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
}
