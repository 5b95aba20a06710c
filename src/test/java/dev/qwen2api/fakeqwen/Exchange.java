package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Completion.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One request on its way to a reply, with the faults that struck it. Used by the connection's thread alone. */
final class Exchange {
    private static final long SLICE_MILLIS = 20;
    private static final String SESSION = Ids.hex(32);

    private final Request request;
    private final Strike strike;
    private final ConnectionInput in;
    private final Outlet out;
    private Optional<Completion> completion = Optional.empty();

    Exchange(Request request, Strike strike, ConnectionInput in, Outlet out) {
        this.request = request;
        this.strike = strike;
        this.in = in;
        this.out = out;
    }

    Request request() {
        return request;
    }

    /** The record of a request for an answer; there is none for other requests. */
    Completion completion() {
        return completion.orElseThrow();
    }

    void belongsTo(Completion record) {
        completion = Optional.of(record);
    }

    Strike strike() {
        return strike;
    }

    /** Sends a whole reply. To a request for an answer that is a refusal, unless its record says otherwise already. */
    void reply(Reply plain) throws IOException {
        completion.ifPresent(record -> record.ended(Outcome.REFUSED));
        if (strike.wire().isNone()) {
            Reply reply = strike.dressed(plain);
            out.raw(head(reply, "content-length: " + reply.body().length));
            out.raw(reply.body());
        } else {
            BodyStream body = stream(plain);
            body.write(plain.body());
            body.finish();
        }
        out.flush();
    }

    /** Sends the status and the headers of a reply whose body follows piece by piece. */
    BodyStream stream(Reply plain) throws IOException {
        Reply reply = strike.dressed(plain);
        String framing = "transfer-encoding: chunked";
        if (strike.wire().gzip()) {
            framing += "\r\ncontent-encoding: gzip";
        }
        out.raw(head(reply, framing));
        if (strike.wire().cutAt() == 0) {
            out.flush();
        }
        return new BodyStream(out, strike.wire(), () -> stall(() -> false));
    }

    /** Waits and notices the client's leaving; returns early when the condition comes true. */
    void rest(long millis, BooleanSupplier enough) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = deadline - System.nanoTime();
        while (left > 0 && !enough.getAsBoolean()) {
            in.rest(Math.min(SLICE_MILLIS, Math.max(1, TimeUnit.NANOSECONDS.toMillis(left))));
            left = deadline - System.nanoTime();
        }
    }

    /** Says nothing more until the client leaves or the condition comes true. */
    void stall(BooleanSupplier enough) throws IOException {
        out.flush();
        while (!enough.getAsBoolean()) {
            in.rest(SLICE_MILLIS);
        }
    }

    void reset() throws IOException {
        out.reset();
    }

    void drop() throws IOException {
        out.drop();
    }

    private byte[] head(Reply reply, String framing) {
        StringBuilder head = new StringBuilder(512)
                .append("HTTP/1.1 ")
                .append(reply.status())
                .append(' ')
                .append(reason(reply.status()))
                .append("\r\n");
        if (!reply.type().isEmpty()) {
            head.append("content-type: ").append(reply.type()).append("\r\n");
        }
        head.append(framing).append("\r\nx-request-id: ").append(request.requestId());
        head.append("\r\nx-actual-status-code: ").append(reply.actual());
        head.append("\r\nga-ap: ap-southeast-1\r\nx-robots-tag: noindex\r\ncache-control: no-cache");
        head.append("\r\ndate: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
        head.append("\r\nx-frame-options: SAMEORIGIN\r\n");
        if (request.path().startsWith("/api/") && request.cookie("acw_tc").isEmpty()) {
            head.append("set-cookie: acw_tc=").append(SESSION).append("; path=/; HttpOnly; Max-Age=1800\r\n");
        }
        lines(head, reply.headers().lines());
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void lines(StringBuilder head, List<Headers.Line> lines) {
        for (Headers.Line line : lines) {
            head.append(line.name()).append(": ").append(line.value()).append("\r\n");
        }
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Not Allowed";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "Status";
        };
    }
}
