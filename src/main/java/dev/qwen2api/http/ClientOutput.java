package dev.qwen2api.http;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.Problem;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * The way back to the client of one request, for sinks. Every byte is flushed when it is written, since what it waits for
 * may take minutes. Whatever stops a byte means that the client is gone. Used by one thread.
 */
final class ClientOutput {

    private final Context ctx;
    private final FrontDesk desk;
    private final Peer peer;
    private boolean begun;
    private boolean ended;
    private boolean gone;

    ClientOutput(Context ctx, FrontDesk desk) {
        this.ctx = ctx;
        this.desk = desk;
        this.peer = Peer.of(ctx.req());
    }

    /** Whether the status has been spent. */
    boolean hasBegun() {
        return begun;
    }

    boolean hasEnded() {
        return ended || gone;
    }

    /** Spends the status on 200; the headers leave with the first bytes. */
    void begin(String contentType) {
        if (!begun) {
            begun = true;
            HttpServletResponse response = ctx.res();
            response.setStatus(200);
            response.setContentType(contentType);
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("X-Accel-Buffering", "no");
        }
    }

    /** Announces how long the body will be, before its first byte. */
    void announce(int length) {
        ctx.res().setContentLength(length);
    }

    /** Sends what is in the buffer, and empties it. */
    void send(ByteArrayOutputStream buffer) {
        if (buffer.size() > 0) {
            try {
                // Javalin's own stream does not pass flush() on.
                buffer.writeTo(ctx.res().getOutputStream());
                ctx.res().getOutputStream().flush();
            } catch (IOException broken) {
                throw lost(broken);
            }
            buffer.reset();
            if (ctx.attribute(AccessLog.FIRST_BYTE) == null) {
                ctx.attribute(AccessLog.FIRST_BYTE, desk.nanoTime().getAsLong());
            }
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

    /** Completes the answer. */
    void end() {
        ended = true;
        try {
            ctx.res().getOutputStream().close();
        } catch (IOException broken) {
            throw lost(broken);
        }
    }

    /** Answers with a problem; only before {@link #begin}. */
    void refuse(Problem problem) {
        ended = true;
        desk.refusals().send(ctx, problem);
    }

    byte[] print(Problem problem) {
        return desk.refusals().body(ctx, problem);
    }

    /** Lets the access log know what an answer cost. */
    void note(AnswerEvent event) {
        if (event instanceof AnswerEvent.Usage) {
            ctx.attribute(AccessLog.USAGE, event);
        }
    }

    /** Lets the access log know which account was tried last. */
    void leased(AccountId account) {
        ctx.attribute(AccessLog.ACCOUNT, account);
    }

    boolean clientGone() {
        gone = gone || peer.hungUp();
        return gone;
    }

    private ClientGoneException lost(IOException broken) {
        gone = true;
        return new ClientGoneException(broken);
    }
}
