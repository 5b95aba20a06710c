package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Accepts connections on 127.0.0.1 and gives each a thread. Safe for use by several threads. */
final class SocketServer implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final ServerSocket listener;
    private final ExecutorService threads = ConnectionThreads.open();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Signal changes;

    SocketServer(int port, Signal changes) {
        this.changes = changes;
        try {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts accepting; every connection is handed to the server and closed after it returns. */
    void start(Consumer<Socket> server) {
        Thread acceptor = new Thread(() -> accept(server), "fake-qwen-accept");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    int openConnections() {
        return open.size();
    }

    private void accept(Consumer<Socket> server) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                threads.execute(() -> serve(socket, server));
            } catch (IOException | RejectedExecutionException closing) {
                return;
            }
        }
    }

    private void serve(Socket socket, Consumer<Socket> server) {
        try (socket) {
            server.accept(socket);
        } catch (IOException closing) {
            return;
        } finally {
            open.remove(socket);
            changes.changed();
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException closing) {
            throw new UncheckedIOException(closing);
        } finally {
            threads.shutdownNow();
        }
    }
}
