package dev.qwen2api.http.server;

import io.javalin.config.JettyConfig;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.LowResourceMonitor;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** How Jetty is set up beneath Javalin. */
final class JettySetup {

    /** Twice Jetty's own: browsers on a shared host name send long cookies. */
    private static final int HEADERS = 16 * 1024;

    /** Every open stream holds one such buffer; Jetty's own has 32 KB, and an answer is flushed a few hundred bytes at a time. */
    private static final int OUTPUT = 2 * 1024;

    private final RouteSupport desk;

    JettySetup(RouteSupport desk) {
        this.desk = desk;
    }

    void apply(JettyConfig config) {
        config.threadPool = ServerThreads.pool(desk.limits().maxConcurrent());
        config.modifyServer(this::server);
        config.modifyHttpConfiguration(this::http);
        config.modifyServletContextHandler(this::context);
        config.addConnector((server, http) -> connector(config, server, http));
    }

    private void server(Server server) {
        // It would shorten the patience of running requests, and wakes up every second.
        server.removeBean(server.getBean(LowResourceMonitor.class));
        server.setRequestLog(new AccessLog(desk.metrics()));
        server.setErrorHandler(new JettyErrors(desk.dialects()));
    }

    private void http(HttpConfiguration http) {
        http.setRequestHeaderSize(HEADERS);
        http.setOutputBufferSize(OUTPUT);
        http.setIdleTimeout(desk.limits().stall().toMillis());
    }

    private void context(ServletContextHandler context) {
        context.setErrorHandler(new JettyErrors(desk.dialects()));
    }

    private ServerConnector connector(JettyConfig config, Server server, HttpConfiguration http) {
        var connector = new WatchedConnector(server, http);
        connector.setHost(config.host);
        connector.setPort(config.port);
        connector.setIdleTimeout(desk.limits().keepAlive().toMillis());
        return connector;
    }
}
