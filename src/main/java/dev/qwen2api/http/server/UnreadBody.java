package dev.qwen2api.http.server;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.servlet.HttpInput;

/** The rest of a body whose request was refused before it was read. */
final class UnreadBody {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_AT_ONCE = 1 << 20;
    private static final String ASKED = "qwen2api.body-asked";

    private final HttpServletRequest request;
    private final LongSupplier nanoTime;

    UnreadBody(HttpServletRequest request, LongSupplier nanoTime) {
        this.request = request;
        this.nanoTime = nanoTime;
    }

    /** Notes that the body is being read, which asks a client that waits for {@code 100 Continue} to send it. */
    static void asked(HttpServletRequest request) {
        request.setAttribute(ASKED, true);
    }

    /** Throws away what is already here, without waiting; returns whether more is coming. */
    boolean isLeft() {
        if (request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null) {
            return false;
        }
        try {
            return isUnasked() || !(request.getInputStream() instanceof HttpInput input && endsHere(input));
        } catch (IOException | RuntimeException broken) {
            return true;
        }
    }

    private boolean isUnasked() {
        return request.getHeader("Expect") != null && request.getAttribute(ASKED) == null;
    }

    /** Jetty's own way to do this, {@code consumeAvailable}, makes it impossible to read on. */
    private static boolean endsHere(HttpInput in) throws IOException {
        byte[] unwanted = new byte[8192];
        for (int read = 0; read < MOST_AT_ONCE; ) {
            // The end itself is content of no length.
            boolean instant = in.available() > 0 || in.hasContent();
            int count = instant ? in.read(unwanted) : 0;
            if (count <= 0) {
                return count < 0 || in.isFinished();
            }
            read += count;
        }
        return false;
    }

    /**
     * Throws away what comes, until it ends or time is up. A client that waits for {@code 100 Continue} sends
     * nothing.
     */
    void discard() {
        if (isUnasked()) {
            return;
        }
        WatchedEndPoint.of(request).setIdleTimeout(PATIENCE.toMillis());
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
