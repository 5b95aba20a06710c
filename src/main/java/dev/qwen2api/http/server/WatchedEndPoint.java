package dev.qwen2api.http.server;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection that can tell whether its peer has hung up while nothing is read or written, which HTTP/1.1 servers
 * otherwise learn at the next write. {@link #hungUp()} reads ahead without blocking; what it finds (a pipelined
 * request, say) is kept and handed out first when Jetty reads on.
 *
 * <p>A peer that only closes its sending side counts as gone: no client of an HTTP API does that before it has the
 * answer. A peer that sends more than {@value #AHEAD} bytes ahead of the answer is no longer watched, and found out
 * by writing.
 *
 * <p>Jetty reads from one thread at a time; {@code hungUp} is called by the thread that handles the request, so that
 * it never meets a read. The lock hands what was read ahead from that thread to the next.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {

    private static final int AHEAD = 512;

    private final Executor executor;
    private final Object lock = new Object();
    private ByteBuffer ahead = BufferUtil.EMPTY_BUFFER;
    private boolean gone;

    WatchedEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Executor executor) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
    }

    /** The connection of a request. */
    static WatchedEndPoint of(HttpServletRequest request) {
        return (WatchedEndPoint) ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint();
    }

    /** Whether the peer has closed or reset the connection; costs one read that does not block. */
    boolean hungUp() {
        synchronized (lock) {
            if (!gone) {
                gone = !isOpen() || readAhead() < 0;
            }
            return gone;
        }
    }

    private int readAhead() {
        if (ahead.capacity() == 0) {
            ahead = BufferUtil.allocate(AHEAD);
        }
        int position = BufferUtil.flipToFill(ahead);
        try {
            // A full buffer reads 0 bytes, as a silent peer does.
            return getChannel().read(ahead);
        } catch (IOException reset) {
            return -1;
        } finally {
            BufferUtil.flipToFlush(ahead, position);
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            if (ahead.hasRemaining()) {
                int position = BufferUtil.flipToFill(buffer);
                int filled = BufferUtil.put(ahead, buffer);
                BufferUtil.flipToFlush(buffer, position);
                notIdle();
                return filled;
            }
        }
        return super.fill(buffer);
    }

    /** The selector cannot see bytes that were read ahead, so it is not asked while there are any. */
    @Override
    protected void needsFillInterest() {
        boolean waiting;
        synchronized (lock) {
            waiting = ahead.hasRemaining();
        }
        if (waiting) {
            executor.execute(() -> getFillInterest().fillable());
        } else {
            super.needsFillInterest();
        }
    }
}
