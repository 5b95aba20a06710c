package dev.qwen2api.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * A stand-in for the upstream that is never the limit: one thread, one selector, answers prepared as bytes. The shape of an
 * answer is asked for in the prompt, as {@link Shape#marker()} writes it. Every chunk carries the time at which it left.
 */
final class Upstream implements Runnable, AutoCloseable {

    private static final int BACKLOG = 4096;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final PriorityQueue<UpstreamConnection> due =
            new PriorityQueue<>((a, b) -> Long.compare(a.dueAt(), b.dueAt()));
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(64 * 1024);
    private final ByteBuffer outgoing = ByteBuffer.allocateDirect(512 * 1024);
    private volatile boolean closed;

    Upstream() throws IOException {
        listener.bind(new InetSocketAddress("127.0.0.1", 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    int port() {
        return listener.socket().getLocalPort();
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                round();
            }
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private void round() throws IOException {
        UpstreamConnection next = due.peek();
        long wait = next == null ? 1_000 : TimeUnit.NANOSECONDS.toMillis(next.dueAt() - System.nanoTime());
        if (wait > 0) {
            selector.select(this::ready, wait);
        } else {
            selector.selectNow(this::ready);
        }
        long now = System.nanoTime();
        while (!due.isEmpty() && due.peek().dueAt() <= now) {
            UpstreamConnection connection = due.poll();
            guarded(connection, () -> connection.chunk(outgoing));
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
                return;
            }
        } catch (IOException refused) {
            throw new IllegalStateException(refused);
        }
        var connection = (UpstreamConnection) key.attachment();
        guarded(connection, () -> connection.ready(key, incoming, outgoing));
    }

    private void accept() throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.configureBlocking(false);
            channel.socket().setTcpNoDelay(true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            key.attach(new UpstreamConnection(channel, key));
        }
    }

    /** Does one step of a connection, and plans its next chunk; a connection that breaks is forgotten. */
    private void guarded(UpstreamConnection connection, Step step) {
        try {
            step.run();
            if (connection.isWaiting()) {
                due.add(connection.planned());
            }
        } catch (IOException broken) {
            due.remove(connection);
            connection.close();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        listener.close();
    }
}
