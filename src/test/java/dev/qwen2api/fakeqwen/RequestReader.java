package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads HTTP/1.x requests, one after the other, from one connection. */
final class RequestReader {
    private static final int BODY_LIMIT = 1 << 28;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ConnectionInput in;
    private final OutputStream out;
    private final Clock clock;

    RequestReader(ConnectionInput in, OutputStream out, Clock clock) {
        this.in = in;
        this.out = out;
        this.clock = clock;
    }

    /** The next request; empty if the client closed the connection instead. */
    Optional<Request> next() throws IOException {
        String[] start = in.line().orElse("").split(" ", -1);
        if (start.length != 3) {
            return Optional.empty();
        }
        Headers headers = headers();
        return Optional.of(new Request(start[0], path(start[1]), headers, body(headers), clock.instant()));
    }

    private static String path(String target) {
        int scheme = target.indexOf("://");
        if (scheme < 0) {
            return target;
        }
        int slash = target.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }

    private Headers headers() throws IOException {
        List<Headers.Line> lines = new ArrayList<>();
        while (true) {
            String line = in.line().orElse("");
            int colon = line.indexOf(':');
            if (colon <= 0) {
                return new Headers(lines);
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            lines.add(new Headers.Line(name, line.substring(colon + 1).strip()));
        }
    }

    private byte[] body(Headers headers) throws IOException {
        if (headers.first("expect").filter("100-continue"::equalsIgnoreCase).isPresent()) {
            out.write(CONTINUE);
            out.flush();
        }
        if (headers.first("transfer-encoding")
                .filter("chunked"::equalsIgnoreCase)
                .isPresent()) {
            return in.chunked(BODY_LIMIT);
        }
        int length = headers.first("content-length").map(Integer::parseInt).orElse(0);
        if (length < 0 || length > BODY_LIMIT) {
            throw new IOException("body length " + length);
        }
        return in.exactly(length);
    }
}
