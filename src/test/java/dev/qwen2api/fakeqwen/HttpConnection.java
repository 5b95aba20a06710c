package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.net.Socket;
import java.time.Clock;
import java.util.Optional;

/** Serves the requests of one connection until either side closes it. */
final class HttpConnection {
    private final Socket socket;
    private final Router router;
    private final Clock clock;

    HttpConnection(Socket socket, Router router, Clock clock) {
        this.socket = socket;
        this.router = router;
        this.clock = clock;
    }

    void serve() {
        try {
            socket.setTcpNoDelay(true);
            ConnectionInput in = new ConnectionInput(socket);
            Outlet out = new Outlet(socket);
            RequestReader reader = new RequestReader(in, socket.getOutputStream(), clock);
            Optional<Request> next = reader.next();
            while (next.isPresent()) {
                Request request = next.get();
                router.serve(request, in, out);
                if (request.header("connection")
                        .filter("close"::equalsIgnoreCase)
                        .isPresent()) {
                    return;
                }
                next = reader.next();
            }
        } catch (IOException | NumberFormatException ended) {
            // The peer went, a fault cut the connection, or the request was no HTTP: the connection is over in any
            // case.
            return;
        }
    }
}
