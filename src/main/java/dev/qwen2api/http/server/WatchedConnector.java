package dev.qwen2api.http.server;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;

/** Accepts HTTP/1.1 connections as {@link WatchedEndPoint}s. */
final class WatchedConnector extends ServerConnector {

    /** Connections that may wait to be accepted, at most: with Java's 50 a rush of clients meets refused or delayed ones. */
    private static final int WAITING = 1024;

    WatchedConnector(Server server, HttpConfiguration http) {
        super(server, 1, 1, new HttpConnectionFactory(http));
        setAcceptQueueSize(WAITING);
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        var endPoint =
                new WatchedEndPoint(channel, selector, key, getScheduler(), VirtualThreads.getExecutor(getExecutor()));
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
