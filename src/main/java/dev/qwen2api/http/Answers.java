package dev.qwen2api.http;

import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.ProblemException;
import io.javalin.http.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one call to its end: nothing escapes from here, since what Javalin would make of it could land in the middle of a
 * stream. Thread-safe.
 */
public final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    /** What nginx logs for a client that hung up; nobody is there to receive it. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final FrontDesk desk;
    private final Chats chats;

    public Answers(FrontDesk desk, Chats chats) {
        this.desk = desk;
        this.chats = chats;
    }

    /** Answers {@code call} into the response of {@code ctx}, which is complete afterwards. */
    public void answer(Context ctx, Call call) {
        var out = new ClientOutput(ctx, desk);
        ClientSink sink = call.form() instanceof Call.Stream stream
                ? new SseSink(out, stream.printer())
                : new JsonSink(out, ((Call.Whole) call.form()).printer());
        try {
            drive(ctx, call, sink);
        } catch (ClientGoneException gone) {
            LOG.debug("[HTTP] {}: the client hung up", RequestIds.of(ctx));
        }
        if (!ctx.res().isCommitted()) {
            ctx.status(CLIENT_CLOSED_REQUEST);
        }
    }

    private void drive(Context ctx, Call call, ClientSink sink) {
        try (Traffic.Mark answering = desk.traffic().answering()) {
            chats.answer(call.conversation(), sink);
        } catch (InterruptedException stopped) {
            sink.fail(Traffic.shuttingDown());
        } catch (ClientGoneException gone) {
            throw gone;
        } catch (ProblemException refused) {
            sink.fail(refused.problem());
        } catch (RuntimeException | Error unforeseen) {
            sink.fail(desk.errors().problem(unforeseen, RequestIds.of(ctx)));
        } finally {
            // An interrupt that came too late must not hit the next request of this thread.
            Thread.interrupted();
        }
        if (!sink.hasEnded() && !sink.clientGone()) {
            sink.fail(desk.errors().problem(new IllegalStateException("unanswered"), RequestIds.of(ctx)));
        }
    }
}
