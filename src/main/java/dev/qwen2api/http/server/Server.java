package dev.qwen2api.http.server;

import dev.qwen2api.chat.ClientGoneException;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.NotFoundResponse;
import io.javalin.router.Endpoint;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: the routes, and the handlers that run before them. Started and closed once. */
public final class Server implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** Enough to send every client one error event. */
    private static final Duration LAST_ERRORS = Duration.ofSeconds(2);

    private final RouteSupport support;
    private final Guards guards;
    private final List<Routes> routes;
    private final Javalin javalin;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What every request passes before its route. */
    public record Guards(Cors cors, ApiKeys keys) {}

    /** @param routes added in this order */
    public Server(RouteSupport support, Guards guards, List<Routes> routes) {
        this.support = support;
        this.guards = guards;
        this.routes = List.copyOf(routes);
        this.javalin = Javalin.create(this::configure);
    }

    private void routes(JavalinDefaultRoutingApi table) {
        table.before(new RequestIds());
        table.before(guards.cors());
        table.beforeMatched(Server::nameRoute);
        table.beforeMatched(guards.keys());
        table.beforeMatched(support);

        support.live().addTo(table);
        routes.forEach(each -> each.addTo(table));

        table.exception(MethodNotAllowedResponse.class, this::refuseMethod);
        table.exception(NotFoundResponse.class, this::refusePath);
        table.exception(HttpResponseException.class, this::refuse);
        table.exception(ClientGoneException.class, (gone, ctx) -> RouteSupport.clientClosed(ctx));
        table.exception(Exception.class, this::refuse);
    }

    /** The pattern, unlike the path, comes from a closed set: it may be counted by. */
    private static void nameRoute(Context ctx) {
        Endpoint matched = ctx.endpoints().matchedHttpEndpoint();
        ctx.attribute(AccessLog.ROUTE, matched == null ? "none" : matched.path);
    }

    private void refuseMethod(MethodNotAllowedResponse refused, Context ctx) {
        String allowed = String.join(", ", refused.getDetails().values());
        ctx.header("Allow", allowed);
        refuse(ErrorMapper.methodNotAllowed(ctx.req().getMethod(), allowed).toException(), ctx);
    }

    private void refusePath(NotFoundResponse refused, Context ctx) {
        refuse(ErrorMapper.notFound(ctx.path()).toException(), ctx);
    }

    private void refuse(Exception thrown, Context ctx) {
        support.refusals().send(ctx, support.errors().problem(thrown, RequestIds.of(ctx)));
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.maxRequestSize = support.limits().maxBody();
        config.http.prefer405over404 = true;
        config.router.handlerWrapper(endpoint -> ctx -> guarded(endpoint.handler, ctx));
        new JettySetup(support).apply(config.jetty);
        routes(config.routes);
    }

    /** Javalin answers an {@link Error} with an empty 500: wrapped, it gets the same treatment as any exception. */
    private static void guarded(Handler handler, Context ctx) throws Exception {
        try {
            handler.handle(ctx);
        } catch (VirtualMachineError | LinkageError | AssertionError fatal) {
            throw new IllegalStateException(fatal);
        }
    }

    /**
     * Listens on {@code port}, or on any free one if that is 0.
     *
     * @throws RuntimeException when the port is taken or the address is not this machine's
     */
    public void start(String address, int port) {
        javalin.start(address, port);
    }

    /** The port that the server listens on. */
    public int port() {
        return javalin.port();
    }

    /**
     * Refuses new requests at once, lets running ones finish for the grace period, then ends the others with an error
     * and stops. Blocks until that is done; a second call does nothing.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        drain();
        try {
            javalin.stop();
        } catch (RuntimeException late) {
            LOG.warn(
                    "[HTTP] stopped with requests still running: {}",
                    late.getClass().getSimpleName());
        }
    }

    /** Returns when no request is in flight any more, or the grace period and the time for the last errors are over. */
    private void drain() {
        RequestLimiter limiter = support.limiter();
        support.close();
        try {
            int left = limiter.awaitQuiet(support.limits().grace());
            if (left > 0) {
                LOG.warn("[HTTP] {} requests are ended: the grace period is over", left);
                limiter.interrupt();
                limiter.awaitQuiet(LAST_ERRORS);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
