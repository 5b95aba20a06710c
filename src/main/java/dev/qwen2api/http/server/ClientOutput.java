package dev.qwen2api.http.server;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.http.server.RouteSupport.AnswerOutcome;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The response to one request. Every byte is flushed when it is written, since the next may take minutes. A failed
 * write means that the client hung up. Used by one thread.
 */
public final class ClientOutput implements AnswerOutcome {

    public static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

    /** Names the channel that has answered where it is not the one of the route. */
    private static final String CHANNEL = "X-Qwen2API-Channel";

    private static final String SHORTENED = "X-Qwen2API-Shortened";

    private final Context ctx;
    private final RouteSupport support;
    private final WatchedEndPoint connection;
    private List<String> omitted = List.of();
    private List<String> leftOut = List.of();
    private boolean begun;
    private boolean ended;
    private boolean gone;

    public ClientOutput(Context ctx, RouteSupport support) {
        this.ctx = ctx;
        this.support = support;
        this.connection = WatchedEndPoint.of(ctx.req());
    }

    /** The fingerprint of the key that opened the route. */
    String client() {
        return ApiKeys.owner(ctx);
    }

    @Override
    public boolean hasEnded() {
        return ended || gone;
    }

    /** Names the parts of the conversation that the model is not sent, in a header if it can still be set. */
    void shortened(List<String> parts) {
        omitted = parts;
    }

    /** Names the attachments that are left out, besides. */
    void withoutAttachments(List<String> attachments) {
        leftOut = attachments;
    }

    /** Sets the status 200; the headers leave with the first bytes. */
    public void begin(String contentType) {
        if (!begun) {
            begun = true;
            HttpServletResponse response = ctx.res();
            response.setStatus(200);
            response.setContentType(contentType);
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("X-Accel-Buffering", "no");
            if (!omitted.isEmpty() || !leftOut.isEmpty()) {
                var all = new ArrayList<String>(leftOut);
                all.addAll(omitted);
                response.setHeader(SHORTENED, String.join(", ", all));
            }
        }
    }

    /** Sends an answer that is one JSON body, and completes it. */
    public void whole(byte[] body) {
        begin("application/json");
        ctx.res().setContentLength(body.length);
        var buffer = new ByteArrayOutputStream(body.length);
        buffer.writeBytes(body);
        send(buffer);
        end();
    }

    /** Sends what is in the buffer, and empties it. */
    public void send(ByteArrayOutputStream buffer) {
        if (buffer.size() > 0) {
            try {
                // Javalin's own stream does not pass flush() on.
                buffer.writeTo(ctx.res().getOutputStream());
                ctx.res().getOutputStream().flush();
            } catch (IOException broken) {
                throw lost(broken);
            }
            buffer.reset();
        }
    }

    /** Completes the answer with what is in the buffer, which leaves together with the end. */
    void end(ByteArrayOutputStream last) {
        try {
            last.writeTo(ctx.res().getOutputStream());
        } catch (IOException broken) {
            throw lost(broken);
        }
        end();
    }

    public void end() {
        ended = true;
        try {
            ctx.res().getOutputStream().close();
        } catch (IOException broken) {
            throw lost(broken);
        }
    }

    /** Answers with a problem, unless the response is over; only before {@link #begin}. */
    @Override
    public void fail(Problem problem) {
        if (!hasEnded()) {
            ended = true;
            support.refusals().send(ctx, problem);
        }
    }

    /**
     * Ends a stream that has begun with the frame that {@code sending} sends, else answers with the problem. The access
     * log tells an error that the status does not show.
     */
    public void fail(Problem problem, Runnable sending) {
        if (hasEnded() || !begun) {
            fail(problem);
            return;
        }
        ctx.attribute(AccessLog.BROKEN, problem.kind().code());
        sending.run();
        end();
    }

    /** Lets the access log know what an answer cost. */
    void note(AnswerEvent event) {
        if (event instanceof AnswerEvent.Usage) {
            ctx.attribute(AccessLog.USAGE, event);
        }
    }

    /** Lets the access log know when the first word of an answer came. */
    public void answering() {
        ctx.attribute(AccessLog.FIRST_TOKEN, support.nanoTime().getAsLong());
    }

    /** The id of the request, for the log. */
    public String requestId() {
        return RequestIds.of(ctx);
    }

    /** Lets the access log know whose credential was tried last. */
    public void tried(String who) {
        if (ctx.attribute(AccessLog.ACCOUNT) != null) {
            support.metrics().retried();
        }
        ctx.attribute(AccessLog.ACCOUNT, who);
    }

    /** Names the channel that answers in a header, where heartbeats have not sent the headers already. */
    void fallback(String channel) {
        if (!begun) {
            ctx.res().setHeader(CHANNEL, channel);
        }
    }

    @Override
    public boolean clientGone() {
        gone = gone || connection.hungUp();
        return gone;
    }

    private ClientGoneException lost(IOException broken) {
        gone = true;
        return new ClientGoneException(broken);
    }
}
