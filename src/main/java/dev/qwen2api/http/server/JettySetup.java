package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import io.javalin.config.JettyConfig;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LowResourceMonitor;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;

/** Configures Jetty below Javalin. */
final class JettySetup {

    /** Twice Jetty's own: browsers on a shared host name send long cookies. */
    private static final int HEADERS = 16 * 1024;

    /**
     * Every open stream holds one such buffer; Jetty's own has 32 KB, and an answer is flushed a few hundred bytes at
     * a time.
     */
    private static final int OUTPUT = 2 * 1024;

    private final RouteSupport support;

    JettySetup(RouteSupport support) {
        this.support = support;
    }

    void apply(JettyConfig config) {
        config.threadPool = ServerThreads.pool(support.limits().maxConcurrent());
        config.modifyServer(this::server);
        config.modifyHttpConfiguration(this::http);
        config.modifyServletContextHandler(this::context);
        config.addConnector((server, http) -> connector(config, server, http));
    }

    private void server(Server server) {
        // It would shorten the idle timeout of running requests, and wakes up every second.
        server.removeBean(server.getBean(LowResourceMonitor.class));
        server.insertHandler(new PathNormalizer());
        server.setRequestLog(new AccessLog(support.metrics()));
        server.setErrorHandler(new JettyErrors(support.dialects()));
    }

    private void http(HttpConfiguration http) {
        http.setRequestHeaderSize(HEADERS);
        http.setOutputBufferSize(OUTPUT);
        // Jetty's own, of 1,024 fields, takes 100 KB a connection.
        http.setHeaderCacheSize(0);
        http.setIdleTimeout(support.limits().stall().toMillis());
    }

    private void context(ServletContextHandler context) {
        context.setErrorHandler(new JettyErrors(support.dialects()));
    }

    private ServerConnector connector(JettyConfig config, Server server, HttpConfiguration http) {
        var connector = new WatchedConnector(server, http);
        connector.setHost(config.host);
        connector.setPort(config.port);
        connector.setIdleTimeout(support.limits().keepAlive().toMillis());
        return connector;
    }

    /**
     * Answers what never reaches a route, such as malformed HTTP, in the common dialect instead of Jetty's HTML.
     * Thread-safe.
     */
    private static final class JettyErrors extends ErrorHandler {

        private final Dialects dialects;

        JettyErrors(Dialects dialects) {
            this.dialects = dialects;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Object known = request.getAttribute(AccessLog.ID);
            String id = known instanceof String name ? name : UUID.randomUUID().toString();
            request.setAttribute(AccessLog.ID, id);
            int status = response.getStatus() >= 400 ? response.getStatus() : 500;
            Problem problem = ErrorMapper.ofStatus(status, id);
            response.setStatus(status);
            response.getHeaders().put(RequestIds.HEADER, id);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
            response.write(true, ByteBuffer.wrap(dialects.common().print(problem)), callback);
            return true;
        }
    }

    /** Accepts HTTP/1.1 connections as {@link WatchedEndPoint}s. */
    private static final class WatchedConnector extends ServerConnector {

        /**
         * Connections that may wait to be accepted, at most: with Java's 50 a rush of clients meets refused or
         * delayed ones.
         */
        private static final int WAITING = 1024;

        WatchedConnector(Server server, HttpConfiguration http) {
            super(server, 1, 1, new HttpConnectionFactory(http));
            setAcceptQueueSize(WAITING);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            var endPoint = new WatchedEndPoint(
                    channel, selector, key, getScheduler(), VirtualThreads.getExecutor(getExecutor()));
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
        }
    }

    /**
     * Corrects the paths of clients whose base URL is nearly right, before authentication and routing: repeated
     * slashes, {@code /v1/v1}, a trailing slash, a missing {@code /v1}. Thread-safe.
     */
    private static final class PathNormalizer extends Handler.Wrapper {

        private static final Pattern SLASHES = Pattern.compile("/{2,}");
        private static final String VERSION = "/v1";

        /** The prefix of the CLI channel, whose paths are corrected as those without it. */
        private static final String CLI = "/cli";

        /** First segments of the API's paths. {@code /models} is a route of its own, what is below it is not. */
        private static final Set<String> API =
                Set.of("chat", "completions", "responses", "messages", "images", "videos");

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            HttpURI uri = request.getHttpURI();
            String path = uri.getPath();
            String normal = path == null ? null : normal(path);
            if (normal == null || normal.equals(path)) {
                return super.handle(request, response, callback);
            }
            HttpURI corrected = HttpURI.build(uri, normal, null, uri.getQuery());
            return super.handle(Request.serveAs(request, corrected), response, callback);
        }

        /** The path that the client means; most paths are right already. */
        static String normal(String path) {
            String single = path.contains("//") ? SLASHES.matcher(path).replaceAll("/") : path;
            boolean cli = single.startsWith(CLI + "/");
            return cli ? CLI + versioned(single.substring(CLI.length()), true) : versioned(single, false);
        }

        private static String versioned(String path, boolean cli) {
            String single = path;
            while (single.startsWith(VERSION + VERSION + "/")) {
                single = single.substring(VERSION.length());
            }
            int last = single.length() - 1;
            String bare = last > 0 && single.charAt(last) == '/' ? single.substring(0, last) : single;
            return lacksVersion(bare) || cli && bare.equals("/models") ? VERSION + bare : bare;
        }

        private static boolean lacksVersion(String path) {
            int end = path.indexOf('/', 1);
            String first = path.substring(Math.min(1, path.length()), end < 0 ? path.length() : end);
            return API.contains(first) || first.equals("models") && end > 0;
        }
    }
}
