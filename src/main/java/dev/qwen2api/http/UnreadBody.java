package dev.qwen2api.http;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.servlet.HttpInput;

/** What a client is still sending after its request was refused. */
final class UnreadBody {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final HttpServletRequest request;
    private final LongSupplier nanoTime;

    UnreadBody(HttpServletRequest request, LongSupplier nanoTime) {
        this.request = request;
        this.nanoTime = nanoTime;
    }

    /** Throws away what is already here, without waiting; returns whether more is coming. */
    boolean isLeft() {
        if (request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null) {
            return false;
        }
        try {
            return !(request.getInputStream() instanceof HttpInput input && input.consumeAvailable());
        } catch (IOException | RuntimeException broken) {
            return true;
        }
    }

    /**
     * Throws away what comes, until it ends or patience does. A client that waits for {@code 100 Continue} sends nothing, and
     * must not be asked to by reading.
     */
    void discard() {
        if (request.getHeader("Expect") != null) {
            return;
        }
        Peer.of(request).stallAfter(PATIENCE);
        long began = nanoTime.getAsLong();
        byte[] unwanted = new byte[8192];
        try {
            ServletInputStream in = request.getInputStream();
            while (in.read(unwanted) >= 0) {
                if (nanoTime.getAsLong() - began > PATIENCE.toNanos()) {
                    return;
                }
            }
        } catch (IOException | RuntimeException broken) {
            // Nobody sends any more, which is as good as an end.
        }
    }
}
