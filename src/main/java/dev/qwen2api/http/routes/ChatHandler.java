package dev.qwen2api.http.routes;

import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.RouteSupport;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.io.InputStream;

/** A chat route of any dialect. Thread-safe. */
public final class ChatHandler implements Handler {

    private final RouteSupport desk;
    private final Call.Reader reader;
    private final Answers answers;

    public ChatHandler(RouteSupport desk, Call.Reader reader, Answers answers) {
        this.desk = desk;
        this.reader = reader;
        this.answers = answers;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        Call call = read(ctx);
        ctx.attribute(AccessLog.MODEL, call.conversation().model());
        answers.answer(ctx, call);
    }

    private Call read(Context ctx) throws IOException {
        try (InputStream body = desk.body(ctx)) {
            return reader.read(body);
        }
    }
}
