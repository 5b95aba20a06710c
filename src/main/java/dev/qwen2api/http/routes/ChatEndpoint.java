package dev.qwen2api.http.routes;

import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.TokenEstimate;
import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.ClientSink;
import dev.qwen2api.http.server.ClientSink.JsonSink;
import dev.qwen2api.http.server.ClientSink.SseSink;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.http.server.Routes.RouteAccess;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;

/**
 * Serves the chat requests of every dialect: reads one, has it answered, and sends the answer as a stream or a body.
 * Thread-safe.
 */
public final class ChatEndpoint {

    private final RouteSupport support;
    private final Answerer answerer;

    /** Answers conversations. Thread-safe. */
    @FunctionalInterface
    public interface Answerer {

        /**
         * Drives one request to its end and reports everything, failures included, to the sink.
         *
         * @throws InterruptedException when this thread is interrupted; the sink has then not ended
         */
        void answer(Conversation conversation, AnswerSink sink) throws InterruptedException;
    }

    public ChatEndpoint(RouteSupport support, Answerer answerer) {
        this.support = support;
        this.answerer = answerer;
    }

    /** The route at {@code path} for requests of one dialect. */
    public Routes at(String path, ClientRequest.Reader dialect) {
        return table -> table.post(path, ctx -> handle(ctx, dialect), RouteAccess.CLIENT);
    }

    /** Serves one request; afterwards its response is complete. */
    public void handle(Context ctx, ClientRequest.Reader dialect) throws IOException {
        ClientRequest request = read(ctx, dialect);
        ctx.attribute(AccessLog.MODEL, request.conversation().model());
        ClientSink sink = sink(request, new ClientOutput(ctx, support));
        support.complete(ctx, sink, () -> answerer.answer(request.conversation(), sink));
    }

    private ClientRequest read(Context ctx, ClientRequest.Reader dialect) throws IOException {
        try (InputStream body = support.body(ctx)) {
            return dialect.read(body);
        }
    }

    /** Parses a request whose tokens are counted. */
    @FunctionalInterface
    interface ConversationReader {
        Conversation read(InputStream body) throws IOException;
    }

    /**
     * Estimates the tokens of a conversation, since the upstream counts only what it answers.
     *
     * @param name of the number in the answer
     */
    void count(Context ctx, String name, ConversationReader dialect) throws IOException {
        ctx.contentType("application/json")
                .result("{\"" + name + "\":" + TokenEstimate.of(counted(ctx, dialect)) + "}");
    }

    /** Reads a request whose tokens are counted. */
    Conversation counted(Context ctx, ConversationReader dialect) throws IOException {
        try (InputStream body = support.body(ctx)) {
            Conversation conversation = dialect.read(body);
            ctx.attribute(AccessLog.MODEL, conversation.model());
            return conversation;
        }
    }

    private static ClientSink sink(ClientRequest request, ClientOutput out) {
        return request.form() instanceof ClientRequest.Streamed stream
                ? new SseSink(out, stream.printer())
                : new JsonSink(out, ((ClientRequest.Whole) request.form()).printer());
    }
}
