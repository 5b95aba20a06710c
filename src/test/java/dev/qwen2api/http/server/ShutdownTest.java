package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.http.routes.ChatEndpoint.Answerer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the server stops, and how it refuses what it has no room for. */
@Timeout(30)
class ShutdownTest {

    private static final String STREAM = "{\"model\":\"m\",\"stream\":true}";
    private static final String WHOLE = "{\"model\":\"m\"}";
    private static final String GET = "GET /models HTTP/1.1\r\nHost: test\r\n\r\n";

    @Test
    void a_running_stream_finishes_while_new_requests_are_refused() throws Exception {
        var gate = new Gate("early", "late");
        try (var server = new TestServer(gate);
                var running = server.client();
                var waiting = server.client()) {
            int port = server.port();
            assertEquals(200, waiting.send(GET).answer().status());
            running.chat(STREAM).lineThatBegins("data: early");
            var closing = CompletableFuture.runAsync(server::close);
            awaitClosed(server);
            assertRefused(waiting.send(GET));
            try (var late = server.client()) {
                assertRefused(late.send(GET));
            }
            gate.open();
            assertEquals("data: late", running.lineThatBegins("data: "));
            assertEquals("data: [DONE]", running.lineThatBegins("data: "));
            closing.get(20, TimeUnit.SECONDS);
            assertThrows(IOException.class, () -> new RawClient(port).close());
        }
    }

    @Test
    void a_stream_that_outlives_the_grace_ends_with_an_error() throws Exception {
        var hasty = new HttpLimits(1000, 10, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(200));
        var gate = new Gate("early", "never");
        try (var server = new TestServer(gate, hasty);
                var client = server.client()) {
            client.chat(STREAM).lineThatBegins("data: early");
            var closing = CompletableFuture.runAsync(server::close);
            assertEquals("data: !shutting_down", client.lineThatBegins("data: "));
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_whole_answer_that_outlives_the_grace_is_a_503() throws Exception {
        var hasty = new HttpLimits(1000, 10, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(200));
        var gate = new Gate("", "never");
        try (var server = new TestServer(gate, hasty);
                var client = server.client()) {
            client.chat(WHOLE);
            gate.awaitReached();
            var closing = CompletableFuture.runAsync(server::close);
            assertEquals(503, client.answer().status());
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_handler_that_does_not_listen_cannot_hold_the_server() throws Exception {
        var hasty = new HttpLimits(1000, 10, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(100));
        var reached = new CompletableFuture<Void>();
        var release = new CompletableFuture<Void>();
        Answerer deaf = (conversation, sink) -> {
            reached.complete(null);
            release.join();
        };
        try (var server = new TestServer(deaf, hasty);
                var client = server.client()) {
            client.chat(WHOLE);
            reached.get(20, TimeUnit.SECONDS);
            CompletableFuture.runAsync(server::close).get(30, TimeUnit.SECONDS);
        } finally {
            release.complete(null);
        }
    }

    @Test
    void an_idle_server_stops_at_once_and_twice() {
        var server = new TestServer((conversation, sink) -> {});
        long began = System.nanoTime();
        server.close();
        server.close();
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void a_request_too_many_is_refused_at_once_and_room_is_made_again() throws Exception {
        var narrow = new HttpLimits(1000, 1, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1));
        var gate = new Gate("early", "late");
        try (var server = new TestServer(gate, narrow);
                var first = server.client();
                var second = server.client()) {
            first.chat(STREAM).lineThatBegins("data: early");
            RawClient.Answer answer = second.chat(WHOLE).answer();
            assertEquals(503, answer.status());
            assertEquals("1", answer.header("retry-after"));
            assertTrue(answer.body().contains("overloaded"));
            gate.open();
            first.lineThatBegins("data: [DONE]");
            assertEquals(0, server.desk.limiter().awaitQuiet(Duration.ofSeconds(5)));
            assertEquals(200, second.chat(WHOLE).answer().status());
        }
    }

    @Test
    void room_is_made_again_after_every_kind_of_end() throws Exception {
        var narrow = new HttpLimits(1000, 1, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1));
        try (var server = new TestServer((conversation, sink) -> Gate.say(sink, true, "hi"), narrow)) {
            for (String request : new String[] {
                GET,
                "GET /nowhere HTTP/1.1\r\nHost: t\r\n\r\n",
                "OPTIONS / HTTP/1.1\r\nHost: t\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Length: 50\r\n\r\n{",
                RawClient.request("/v1/chat/completions", "not json"),
                RawClient.request("/v1/chat/completions", STREAM),
            }) {
                try (var client = server.client()) {
                    client.send(request);
                    assertTrue(client.line().startsWith("HTTP/1.1 "));
                }
                assertEquals(0, server.desk.limiter().awaitQuiet(Duration.ofSeconds(5)), request);
            }
        }
    }

    private static void assertRefused(RawClient client) throws IOException {
        RawClient.Answer answer = client.answer();
        assertEquals(503, answer.status());
        assertEquals("close", answer.header("connection"));
        assertTrue(answer.body().contains("shutting_down"), answer.body());
        assertTrue(client.serverCloses());
    }

    private static void awaitClosed(TestServer server) {
        while (server.desk.limiter().refusal().isEmpty()) {
            Thread.onSpinWait();
        }
    }
}
