package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.http.routes.ChatEndpoint.Answerer;
import dev.qwen2api.http.routes.ProbeRoutes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway's word on its own health, and its stream of nothing. */
@Timeout(30)
class ProbeRoutesTest {

    private static final HttpLimits ONE_AT_A_TIME =
            new HttpLimits(1024, 1, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(5));

    @Test
    void a_full_house_is_alive_but_not_ready() throws Exception {
        var gate = new Gate("early", "late");
        try (var server = server(gate);
                var running = server.client();
                var asking = server.client()) {
            assertEquals(200, asking.send(get(Probes.READY)).answer().status());
            running.chat("{\"model\":\"m\",\"stream\":true}").lineThatBegins("data: early");
            assertEquals(200, asking.send(get(Probes.ALIVE)).answer().status());
            RawClient.Answer ready = asking.send(get(Probes.READY)).answer();
            assertEquals(503, ready.status());
            assertTrue(ready.body().contains("\"code\":\"overloaded\""), ready.body());
            gate.open();
            running.lineThatBegins("data: [DONE]");
        }
    }

    @Test
    void a_gateway_without_its_http_client_is_alive_but_not_ready() throws Exception {
        var sound = new AtomicBoolean();
        try (var server = new TestServer(
                        Wire::read,
                        (conversation, sink) -> {},
                        ONE_AT_A_TIME,
                        desk -> List.of(new ProbeRoutes(desk, sound::get, Optional::empty)));
                var asking = server.client()) {
            assertEquals(503, asking.send(get(Probes.READY)).answer().status());
            assertEquals(200, asking.send(get(Probes.ALIVE)).answer().status());
            sound.set(true);
            assertEquals(200, asking.send(get(Probes.READY)).answer().status());
        }
    }

    @Test
    void one_that_is_told_to_end_is_alive_but_not_ready() throws Exception {
        var gate = new Gate("early", "late");
        try (var server = server(gate);
                var running = server.client();
                var asking = server.client()) {
            running.chat("{\"model\":\"m\",\"stream\":true}").lineThatBegins("data: early");
            var closing = CompletableFuture.runAsync(server::close);
            while (server.desk.limiter().refusal().isEmpty()) {
                Thread.onSpinWait();
            }
            assertEquals(200, asking.send(get(Probes.ALIVE)).answer().status());
            RawClient.Answer ready = asking.send(get(Probes.READY)).answer();
            assertEquals(503, ready.status());
            assertTrue(ready.body().contains("\"code\":\"shutting_down\""), ready.body());
            gate.open();
            running.lineThatBegins("data: [DONE]");
            closing.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void the_stream_of_nothing_needs_a_key() throws Exception {
        try (var server = server((conversation, sink) -> {});
                var client = server.client()) {
            String keyless = "GET " + "/healthz/stream" + " HTTP/1.1\r\nHost: test\r\n\r\n";
            assertEquals(401, client.send(keyless).answer().status());
        }
    }

    @Test
    void the_stream_of_nothing_comes_in_pieces_and_ends() throws Exception {
        try (var server = server((conversation, sink) -> {});
                var client = server.client()) {
            client.send(get("/healthz/stream"));
            var came = new ArrayList<Long>();
            for (String data : List.of("1", "2", "3", "4", "[DONE]")) {
                assertEquals("data: " + data, client.lineThatBegins("data: "));
                came.add(System.nanoTime());
            }
            assertTrue(came.get(4) - came.get(0) > 500_000_000L, "it came in one piece");
        }
    }

    @Test
    void the_stream_of_nothing_makes_room_when_its_client_hangs_up() throws Exception {
        try (var server = server((conversation, sink) -> {})) {
            try (var client = server.client()) {
                client.send(get("/healthz/stream" + "?silence=120")).lineThatBegins("data: 1");
            }
            while (server.desk.limiter().inside() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"121", "-1", "x", "99999999999", ""})
    void nobody_may_hold_a_place_for_long(String silence) throws Exception {
        try (var server = server((conversation, sink) -> {});
                var client = server.client()) {
            assertEquals(
                    400,
                    client.send(get("/healthz/stream" + "?silence=" + silence))
                            .answer()
                            .status());
        }
    }

    private static TestServer server(Answerer chats) {
        return new TestServer(
                Wire::read, chats, ONE_AT_A_TIME, desk -> List.of(new ProbeRoutes(desk, () -> true, Optional::empty)));
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + TestServer.KEY + "\r\n\r\n";
    }
}
