package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.util.Base64;

/** The media host: a one-pixel picture or the head of a clip to everyone who has the {@code key}. */
final class MediaEndpoint {
    private static final byte[] PIXEL = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");
    private static final byte[] CLIP = Base64.getDecoder().decode("AAAAGGZ0eXBpc29tAAACAGlzb21tcDQx");

    void serve(Exchange exchange) throws IOException {
        Request request = exchange.request();
        if (request.query("key").isEmpty()) {
            exchange.reply(Reply.of(403, "application/xml", "<Error><Code>AccessDenied</Code></Error>"));
            return;
        }
        boolean clip = request.path().endsWith(".mp4");
        exchange.reply(new Reply(200, 200, clip ? "video/mp4" : "image/png", Headers.none(), clip ? CLIP : PIXEL));
    }
}
