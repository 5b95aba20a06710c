package dev.qwen2api.http.server;

import static dev.qwen2api.http.server.RouteAccess.CLIENT;
import static dev.qwen2api.http.server.RouteAccess.OPEN;

import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.http.routes.Dashboard;
import dev.qwen2api.http.routes.Driven;
import dev.qwen2api.http.routes.ModelsHandler;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.router.Endpoint;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: the route table, and what stands before it. Started and closed once. */
public final class Server implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final RouteSupport desk;
    private final Doors doors;
    private final Handlers handlers;
    private final List<Routes> further;
    private final Javalin javalin;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What every request passes before its route. */
    public record Doors(Cors cors, ApiKeys keys) {}

    /** The handlers of the table. */
    public record Handlers(Handler chat, ModelsHandler models, Handler verify) {}

    public Server(RouteSupport desk, Doors doors, Handlers handlers, List<Routes> further) {
        this.desk = desk;
        this.doors = doors;
        this.handlers = handlers;
        this.further = List.copyOf(further);
        this.javalin = Javalin.create(this::configure);
    }

    private void routes(JavalinDefaultRoutingApi table) {
        table.before(new RequestIds());
        table.before(doors.cors());
        table.before(desk);
        table.beforeMatched(Server::nameRoute);
        table.beforeMatched(doors.keys());

        new Dashboard().addTo(table);
        read(table, "/api/requests", desk.live()::show, RouteAccess.ADMIN);
        read(table, "/models", handlers.models()::list, OPEN);
        read(table, "/v1/models", handlers.models()::list, CLIENT);
        read(table, "/v1/models/<" + ModelsHandler.ID + ">", handlers.models()::one, CLIENT);
        table.post("/v1/chat/completions", handlers.chat(), CLIENT);
        table.post("/verify", handlers.verify(), OPEN);
        further.forEach(routes -> routes.addTo(table));

        table.exception(MethodNotAllowedResponse.class, this::refuseMethod);
        table.exception(HttpResponseException.class, this::refuse);

        table.exception(ClientGoneException.class, (gone, ctx) -> Driven.nobodyReads(ctx));
        table.exception(Exception.class, this::refuse);
    }

    /** A route to read from. Javalin answers HEAD itself where only GET is declared, but past the route's own access. */
    public static void read(JavalinDefaultRoutingApi table, String path, Handler handler, RouteAccess routeAccess) {
        table.get(path, handler, routeAccess);
        table.head(path, handler, routeAccess);
    }

    /** The pattern, unlike the path, comes from a closed set: it may be counted by. */
    private static void nameRoute(Context ctx) {
        Endpoint matched = ctx.endpoints().matchedHttpEndpoint();
        ctx.attribute(AccessLog.ROUTE, matched == null ? "none" : matched.path);
    }

    private void refuseMethod(MethodNotAllowedResponse refused, Context ctx) {
        ctx.header("Allow", String.join(", ", refused.getDetails().values()));
        refuse(refused, ctx);
    }

    private void refuse(Exception thrown, Context ctx) {
        desk.refusals().send(ctx, desk.errors().problem(thrown, RequestIds.of(ctx)));
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.maxRequestSize = desk.limits().maxBody();
        config.http.prefer405over404 = true;
        config.router.handlerWrapper(endpoint -> ctx -> guarded(endpoint.handler, ctx));
        new JettySetup(desk).apply(config.jetty);
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

    /** The port that is listened on. */
    public int port() {
        return javalin.port();
    }

    /**
     * Refuses new requests at once, lets running ones finish for the time of grace, then ends those that are left with an
     * error and stops. Blocks until that is done; a second call does nothing.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        new Shutdown(desk).drain();
        try {
            javalin.stop();
        } catch (RuntimeException late) {
            LOG.warn(
                    "[HTTP] stopped with requests still running: {}",
                    late.getClass().getSimpleName());
        }
    }
}
