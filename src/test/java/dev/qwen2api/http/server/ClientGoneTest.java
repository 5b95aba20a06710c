package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.http.routes.ChatEndpoint.Answerer;
import dev.qwen2api.http.server.Routes.RouteAccess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that hang up, in every phase of a request, and clients that only look as if they had. */
@Timeout(30)
class ClientGoneTest {

    private static final String STREAM = "{\"model\":\"m\",\"stream\":true}";
    private static final String WHOLE = "{\"model\":\"m\"}";

    @ParameterizedTest
    @ValueSource(strings = {STREAM, WHOLE})
    void a_client_that_closes_while_the_upstream_is_silent_is_noticed(String body) throws Exception {
        var watchman = new Watchman("");
        try (var server = new TestServer(watchman);
                var client = server.client()) {
            client.chat(body);
            watchman.awaitWatching();
            client.close();
            assertTrue(watchman.seesItGo());
        }
    }

    @Test
    void a_client_that_is_found_gone_outside_of_an_answer_is_no_incident() throws Exception {
        Routes noticing = table -> table.get(
                "/noticing",
                ctx -> {
                    throw new ClientGoneException();
                },
                RouteAccess.OPEN);
        try (var server = new TestServer(new Watchman(""), TestServer.LIMITS, noticing);
                var client = server.client()) {
            client.send("GET /noticing HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals(499, client.answer().status());
        }
    }

    @Test
    void a_client_that_resets_the_connection_is_noticed() throws Exception {
        var watchman = new Watchman("");
        try (var server = new TestServer(watchman);
                var client = server.client()) {
            client.chat(WHOLE);
            watchman.awaitWatching();
            client.reset();
            assertTrue(watchman.seesItGo());
        }
    }

    @Test
    void a_client_that_closes_in_mid_stream_is_noticed() throws Exception {
        var watchman = new Watchman("Hm");
        try (var server = new TestServer(watchman);
                var client = server.client()) {
            client.chat(STREAM).lineThatBegins("data: Hm");
            watchman.awaitWatching();
            client.close();
            assertTrue(watchman.seesItGo());
        }
    }

    @Test
    void a_client_that_closes_its_sending_side_counts_as_gone() throws Exception {
        var watchman = new Watchman("");
        try (var server = new TestServer(watchman);
                var client = server.client()) {
            client.chat(STREAM);
            watchman.awaitWatching();
            client.finishSending();
            assertTrue(watchman.seesItGo());
        }
    }

    @Test
    void a_client_that_sent_bytes_ahead_and_closes_is_noticed() throws Exception {
        var watchman = new Watchman("");
        try (var server = new TestServer(watchman);
                var client = server.client()) {
            client.chat(STREAM).send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            watchman.awaitWatching();
            client.close();
            assertTrue(watchman.seesItGo());
        }
    }

    @Test
    void a_client_that_hangs_up_is_noticed_by_writing_too() throws Exception {
        var outcome = new CompletableFuture<Boolean>();
        Answerer chatterbox = (conversation, sink) -> {
            sink.open();
            for (int i = 0; i < 2000; i++) {
                try {
                    sink.on(new Text("x".repeat(1000)));
                    sink.flush();
                } catch (ClientGoneException gone) {
                    outcome.complete(true);
                    throw gone;
                }
                Thread.sleep(2);
            }
            outcome.complete(false);
        };
        try (var server = new TestServer(chatterbox);
                var client = server.client()) {
            client.chat(STREAM).lineThatBegins("data: xxx");
            client.reset();
            assertTrue(outcome.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void a_client_that_goes_while_it_sends_its_body_reaches_no_handler() throws Exception {
        var called = new CompletableFuture<Boolean>();
        try (var server = new TestServer((conversation, sink) -> called.complete(true))) {
            try (var client = server.client()) {
                String request = RawClient.request("/v1/chat/completions", WHOLE);
                client.send(request.substring(0, request.length() - 3));
            }
            awaitEmpty(server);
            assertFalse(called.isDone());
        }
    }

    @Test
    void a_client_that_takes_nothing_is_given_up_after_a_while() throws Exception {
        var gone = new CompletableFuture<Boolean>();
        Answerer flood = (conversation, sink) -> {
            sink.open();
            try {
                for (int i = 0; i < 2000; i++) {
                    sink.on(new Text("x".repeat(64 * 1024)));
                    sink.flush();
                }
                gone.complete(false);
            } catch (ClientGoneException stuck) {
                gone.complete(true);
                throw stuck;
            }
        };
        var impatient = new HttpLimits(1000, 10, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(1));
        try (var server = new TestServer(flood, impatient);
                var client = server.client()) {
            client.chat(STREAM);
            assertTrue(gone.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void a_pipelined_request_is_answered_after_the_first() throws Exception {
        var gate = new Gate("", "first");
        try (var server = new TestServer(watched(gate));
                var client = server.client()) {
            client.chat(WHOLE).send("GET /models HTTP/1.1\r\nHost: test\r\n\r\n");
            gate.awaitReached();
            gate.open();
            assertEquals("{\"text\":\"first\"}", client.answer().body());
            assertTrue(client.answer().body().contains("qwen/with slash"));
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void a_pipelined_request_longer_than_what_is_read_ahead_is_answered_whole() throws Exception {
        var gate = new Gate("", "first");
        String text = "y".repeat(20_000);
        Answerer echo = (conversation, sink) ->
                Gate.say(sink, true, conversation.turns().get(0).text());
        Answerer both = (conversation, sink) -> {
            if (conversation.model().equals("m")) {
                watched(gate).answer(conversation, sink);
            } else {
                echo.answer(conversation, sink);
            }
        };
        try (var server = new TestServer(both);
                var client = server.client()) {
            client.chat(WHOLE).chat("{\"model\":\"echo\",\"text\":\"" + text + "\"}");
            gate.awaitReached();
            gate.open();
            assertEquals("{\"text\":\"first\"}", client.answer().body());
            assertEquals("{\"text\":\"" + text + "\"}", client.answer().body());
        }
    }

    @Test
    void a_request_that_arrives_while_the_first_is_answered_waits_its_turn() throws Exception {
        var gate = new Gate("Hm", "yes");
        try (var server = new TestServer(watched(gate));
                var client = server.client()) {
            client.chat(STREAM).lineThatBegins("data: Hm");
            client.send("GET /v1/models/qwen-max HTTP/1.1\r\nHost: test\r\nx-api-key: " + TestServer.KEY + "\r\n\r\n");
            gate.open();
            client.lineThatBegins("data: [DONE]");
            client.lineThatBegins("0");
            client.line();
            assertTrue(client.answer("GET").body().startsWith("{\"id\":\"qwen-max\""));
        }
    }

    /**
     * Without a body Jetty gives its buffer back before the handler runs, and asks the selector for the next request.
     */
    @Test
    void a_request_read_ahead_is_found_by_a_connection_that_waits_for_the_selector() throws Exception {
        var reached = new CountDownLatch(1);
        Routes peeking = table -> table.get(
                "/peek",
                ctx -> {
                    reached.countDown();
                    for (int i = 0; i < 20; i++) {
                        assertFalse(WatchedEndPoint.of(ctx.req()).hungUp());
                        Thread.sleep(20);
                    }
                    ctx.result("peeked");
                },
                RouteAccess.OPEN);
        try (var server = new TestServer((conversation, sink) -> {}, TestServer.LIMITS, peeking);
                var client = server.client()) {
            client.send("GET /peek HTTP/1.1\r\nHost: test\r\n\r\n");
            assertTrue(reached.await(10, TimeUnit.SECONDS));
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals("peeked", client.answer().body());
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void silence_longer_than_the_idle_timeouts_survives() throws Exception {
        Answerer slow = (conversation, sink) -> {
            sink.open();
            sink.on(new Text("early"));
            sink.flush();
            Thread.sleep(1500);
            assertFalse(sink.clientGone());
            sink.on(new Text("late"));
            sink.done();
        };
        var impatient = new HttpLimits(1000, 10, Duration.ofMillis(300), Duration.ofMillis(200), Duration.ofSeconds(1));
        try (var server = new TestServer(slow, impatient);
                var client = server.client()) {
            client.chat(STREAM).lineThatBegins("data: early");
            assertEquals("data: late", client.lineThatBegins("data: "));
            assertEquals("data: [DONE]", client.lineThatBegins("data: "));
        }
    }

    /** Looks a few times whether the client has gone before it lets the gate speak. */
    private static Answerer watched(Answerer chats) {
        return (conversation, sink) -> {
            for (int i = 0; i < 5; i++) {
                assertFalse(sink.clientGone());
                Thread.sleep(20);
            }
            chats.answer(conversation, sink);
            assertFalse(sink.clientGone());
        };
    }

    private static void awaitEmpty(TestServer server) throws InterruptedException {
        assertEquals(0, server.desk.limiter().awaitQuiet(Duration.ofSeconds(10)));
    }
}
