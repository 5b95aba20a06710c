package dev.qwen2api.http.server;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/** The client's end of a request's connection. Used by the thread that handles the request. */
final class Peer {

    private final EndPoint endPoint;

    private Peer(EndPoint endPoint) {
        this.endPoint = endPoint;
    }

    static Peer of(HttpServletRequest request) {
        return new Peer(ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint());
    }

    /** Whether the client is known to have hung up; never blocks. */
    boolean hungUp() {
        return endPoint instanceof WatchedEndPoint watched ? watched.hungUp() : !endPoint.isOpen();
    }

    /** How long the client may be silent where it is expected to send, from now until the end of the request. */
    void stallAfter(Duration patience) {
        endPoint.setIdleTimeout(patience.toMillis());
    }
}
