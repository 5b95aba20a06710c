package dev.qwen2api.http.routes;

import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.ClientSink;
import dev.qwen2api.http.server.JsonSink;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.SseSink;
import io.javalin.http.Context;

/** Has calls answered in the form that their clients want. Thread-safe. */
public final class Answers {

    private final RouteSupport desk;
    private final Driven driven;
    private final Chats chats;

    public Answers(RouteSupport desk, Chats chats) {
        this.desk = desk;
        this.driven = new Driven(desk);
        this.chats = chats;
    }

    /** Answers {@code call} into the response of {@code ctx}, which is complete afterwards. */
    public void answer(Context ctx, Call call) {
        ClientSink sink = sink(call, new ClientOutput(ctx, desk));
        driven.drive(ctx, sink, () -> chats.answer(call.conversation(), sink));
    }

    /** Answers {@code call} where another way was tried before, which may have begun the response. */
    void answer(Call call, ClientOutput begun) throws InterruptedException {
        chats.answer(call.conversation(), sink(call, begun));
    }

    private static ClientSink sink(Call call, ClientOutput out) {
        return call.form() instanceof Call.Stream stream
                ? new SseSink(out, stream.printer())
                : new JsonSink(out, ((Call.Whole) call.form()).printer());
    }
}
