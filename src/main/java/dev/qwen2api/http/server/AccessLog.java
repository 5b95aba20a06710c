package dev.qwen2api.http.server;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.metrics.RequestMetrics;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line for every completed request and counts it in the metrics: ids and numbers, no query, no key and no
 * prompt. Handlers add to it by the request attributes named here. Thread-safe.
 */
public final class AccessLog implements RequestLog {

    /** The request's name, a {@code String}. */
    static final String ID = "qwen2api.id";
    /** The pattern of the route that matched, a {@code String}. */
    static final String ROUTE = "qwen2api.route";
    /** When the first word of an answer came, a {@code Long} of {@link System#nanoTime()}; heartbeats are no words. */
    static final String FIRST_TOKEN = "qwen2api.first-token";
    /** The model asked for, a {@code String}. */
    public static final String MODEL = "qwen2api.model";
    /** What the answer cost, an {@link AnswerEvent.Usage}. */
    static final String USAGE = "qwen2api.usage";
    /** The account that was tried last, whose {@code toString} is logged. */
    static final String ACCOUNT = "qwen2api.account";
    /** Code of the error that was sent in place of an answer, a {@code String}. */
    static final String CODE = "qwen2api.code";
    /** Code of the error that ended an answer whose status had been sent, a {@code String}. */
    static final String BROKEN = "qwen2api.broken";

    /** Present where the request is counted in a sum of {@link WrongKeys} instead of a line. */
    static final String SUMMED = "qwen2api.summed";

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int LONGEST = 120;
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private static final int MOST_SEGMENTS = 8;

    private static final Set<String> WORDS = Set.of((""
                    + " v1 v2 v3 v1beta api cli openai anthropic compatible-mode chat completions completion responses"
                    + " messages count_tokens input_tokens compact models images generations"
                    + " edits variations videos content embeddings audio speech transcriptions files"
                    + " moderations assistants threads batches verify health healthz readyz metrics stream"
                    + " favicon.ico robots.txt index.html")
            .split(" "));

    private final RequestMetrics metrics;

    AccessLog(RequestMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void log(Request request, Response response) {
        long now = System.nanoTime();
        metrics.count(done(request, response, now));
        if (Probes.isProbe(Request.getPathInContext(request))
                || request.getAttribute(SUMMED) != null
                || isPoll(request, response)) {
            if (LOG.isDebugEnabled()) {
                LOG.debug("{}", line(request, response, now));
            }
        } else if (LOG.isInfoEnabled()) {
            LOG.info("{}", line(request, response, now));
        }
    }

    private static boolean isPoll(Request request, Response response) {
        return response.getStatus() < 400
                && Probes.isPoll(
                        request.getMethod(),
                        Request.getPathInContext(request),
                        request.getHeaders().get(Probes.POLL));
    }

    private static RequestMetrics.Done done(Request request, Response response, long now) {
        long began = request.getBeginNanoTime();
        String route = attribute(request, ROUTE, "none");
        return new RequestMetrics.Done(
                METHODS.contains(request.getMethod()) ? request.getMethod() : "other",
                route,
                response.getStatus(),
                now - began,
                request.getAttribute(FIRST_TOKEN) instanceof Long first
                        ? OptionalLong.of(first - began)
                        : OptionalLong.empty(),
                Optional.ofNullable(request.getAttribute(BROKEN)).map(Object::toString));
    }

    static String line(Request request, Response response, long now) {
        long began = request.getBeginNanoTime();
        var line = new StringBuilder("[HTTP] ").append(attribute(request, ID, "-"));
        line.append(' ').append(plain(request.getMethod()));
        line.append(' ')
                .append(plain(
                        request.getAttribute(ROUTE) instanceof String route
                                ? route
                                : loggedPath(request.getHttpURI().getPath())));
        line.append(' ').append(response.getStatus());
        if (request.getAttribute(FIRST_TOKEN) instanceof Long first) {
            line.append(" first=").append(millis(first - began)).append("ms");
        }
        line.append(" took=").append(millis(now - began)).append("ms");
        add(line, " model=", request.getAttribute(MODEL));
        add(line, " account=", request.getAttribute(ACCOUNT));
        if (request.getAttribute(USAGE) instanceof AnswerEvent.Usage usage) {
            line.append(" tokens=").append(usage.input()).append('+').append(usage.output());
        }
        add(line, " code=", request.getAttribute(CODE));
        add(line, " error=", request.getAttribute(BROKEN));
        return line.toString();
    }

    private static void add(StringBuilder line, String label, @Nullable Object value) {
        if (value != null) {
            line.append(label).append(plain(value.toString()));
        }
    }

    private static String attribute(Request request, String name, String otherwise) {
        return request.getAttribute(name) instanceof String value ? value : otherwise;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** What a client wrote, made fit for a line of a log: nothing but visible ASCII, and not too much of it. */
    private static String plain(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "-";
        }
        String visible = isVisible(text) ? text : text.replaceAll("[^!-~]", "?");
        return visible.length() <= LONGEST ? visible : visible.substring(0, LONGEST) + "...";
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '!' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** A path without a route: known words are kept, others, which may be keys, become {@code *}. */
    private static String loggedPath(@Nullable String path) {
        if (path == null || path.isEmpty()) {
            return "-";
        }
        String[] segments = path.split("/", MOST_SEGMENTS);
        return Arrays.stream(segments)
                .map(segment -> WORDS.contains(segment) ? segment : "*")
                .collect(Collectors.joining("/"));
    }
}
