package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.GeneratedMedia;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.http.routes.ChatEndpoint.Answerer;
import dev.qwen2api.http.routes.ImagesRoutes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pictures that are drawn by a domain made by the test. */
@Timeout(30)
class ImagesRoutesTest {

    private static final HttpLimits ROOMY =
            new HttpLimits(8 << 20, 10, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ZERO);

    private final ExecutorService beside = Executors.newCachedThreadPool(task -> new Thread(task, "beside"));

    @AfterEach
    void stop() {
        beside.shutdownNow();
    }

    private TestServer server(Answerer chats) {
        UploadSpooler none = () -> {
            throw new AssertionError("no file comes");
        };
        var pictures = new GeneratedMedia() {

            @Override
            public String base64(String url, BooleanSupplier gone) {
                return url;
            }

            @Override
            public Attachment fetch(String url, BooleanSupplier gone) {
                throw new UnsupportedOperationException();
            }
        };
        var dependencies = new ImagesRoutes.Dependencies(chats, none, pictures);
        return new TestServer(
                Wire::read,
                chats,
                ROOMY,
                desk -> List.of(new ImagesRoutes(desk, dependencies, beside, Clock.systemUTC())));
    }

    @Test
    void a_client_that_leaves_after_the_first_picture_stops_the_others() throws Exception {
        var begun = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        Answerer oneFast = (conversation, sink) -> {
            if (!Thread.currentThread().getName().equals("beside")) {
                sink.on(new Picture("https://x/1.png"));
                sink.done();
                return;
            }
            begun.countDown();
            while (!sink.clientGone()) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            stopped.countDown();
        };
        try (var server = server(oneFast)) {
            try (var client = server.client()) {
                client.send(RawClient.request("/v1/images/generations", "{\"prompt\":\"a sea\",\"n\":2}"));
                assertTrue(begun.await(10, TimeUnit.SECONDS));
            }
            assertTrue(stopped.await(20, TimeUnit.SECONDS), "the second is stopped");
            assertEquals(0, server.desk.limiter().awaitQuiet(Duration.ofSeconds(20)));
        }
    }
}
