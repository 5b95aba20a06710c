package dev.qwen2api.http.routes;

import dev.qwen2api.api.openai.ErrorCodec;
import dev.qwen2api.api.openai.RelayCodec;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.chat.RelayService;
import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.RelayOutput;
import dev.qwen2api.http.server.RouteSupport;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A chat route whose requests are handed on as they came. Thread-safe. */
public final class RelayHandler implements Handler {

    private final RouteSupport support;
    private final RelayService relay;
    private final WebFallback web;
    private final RelayCodec codec = new RelayCodec();
    private final ErrorCodec problems = new ErrorCodec();

    /**
     * @param web serves where the relay cannot and the owner wants it so
     */
    public RelayHandler(RouteSupport support, RelayService relay, WebFallback web) {
        this.support = support;
        this.relay = relay;
        this.web = web;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        RelayRequest request = read(ctx);
        ctx.attribute(AccessLog.MODEL, request.model());
        var out = new ClientOutput(ctx, support);
        var sink = new RelayOutput(out, request.stream(), codec, problems);
        support.complete(ctx, sink, () -> {
            RelayService.Outcome outcome = Objects.requireNonNull(relay.answer(request, sink));
            if (outcome == RelayService.Outcome.TO_THE_WEB) {
                web.answer(ctx, request, out);
            }
        });
    }

    private RelayRequest read(Context ctx) throws IOException {
        try (InputStream body = support.body(ctx)) {
            return codec.read(body);
        }
    }
}
