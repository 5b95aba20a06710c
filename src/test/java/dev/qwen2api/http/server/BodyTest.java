package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are too long, too slow, too deep, cut short, or sent to somebody who does not want them. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BodyTest {

    private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\n";
    private static final String AUTHORIZED = HEAD + "Authorization: Bearer " + TestServer.KEY + "\r\n";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer((conversation, sink) -> Gate.say(
                sink, true, Integer.toString(conversation.turns().get(0).text().length())));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void a_wrong_key_is_refused_before_the_body_is_there() throws IOException {
        try (var client = server.client()) {
            client.send(HEAD + "Content-Length: 1000\r\n\r\n");
            RawClient.Answer answer = client.answer();
            assertEquals(401, answer.status());
            assertEquals("close", answer.header("connection"));
        }
    }

    @Test
    void a_wrong_key_is_heard_by_a_client_that_sends_all_of_a_long_body_first() throws IOException {
        byte[] body = new byte[8 << 20];
        try (var client = server.client()) {
            client.send(HEAD + "Content-Length: " + body.length + "\r\n\r\n").send(body);
            assertEquals(401, client.answer().status());
        }
    }

    @Test
    void the_connection_survives_a_refusal_whose_body_was_already_here() throws IOException {
        try (var client = server.client()) {
            for (int i = 0; i < 3; i++) {
                client.send(HEAD + "Content-Length: 2\r\n\r\n{}");
                assertEquals(401, client.answer().status());
            }
            client.chat("not json");
            assertEquals(400, client.answer().status());
            client.chat("{\"model\":\"m\"}");
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void a_body_with_an_announced_length_above_the_limit_is_refused_unread() throws IOException {
        try (var client = server.client()) {
            client.send(AUTHORIZED + "Content-Length: " + (TestServer.MAX_BODY + 1) + "\r\n\r\n");
            assertTooLarge(client.answer());
        }
    }

    @Test
    void a_body_of_many_gigabytes_is_refused_unread() throws IOException {
        try (var client = server.client()) {
            client.send(AUTHORIZED + "Content-Length: 99999999999\r\n\r\n");
            assertTooLarge(client.answer());
        }
    }

    @Test
    void a_chunked_body_is_refused_when_it_passes_the_limit() throws IOException {
        try (var client = server.client()) {
            client.send(AUTHORIZED + "Transfer-Encoding: chunked\r\n\r\n");
            client.send("b\r\n{\"text\":\"xx\r\n");
            String chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
            for (int i = 0; i < 17; i++) {
                client.send(chunk);
            }
            assertTooLarge(client.answer());
        }
    }

    @Test
    void a_body_just_within_the_limit_is_read() throws IOException {
        String head = "{\"model\":\"m\",\"text\":\"";
        String text = "x".repeat(TestServer.MAX_BODY - head.length() - 2);
        try (var client = server.client()) {
            assertEquals(
                    "{\"text\":\"" + text.length() + "\"}",
                    client.chat(head + text + "\"}").answer().body());
            client.send(AUTHORIZED + "Transfer-Encoding: chunked\r\n\r\n");
            client.send("d\r\n{\"model\":\"m\"}\r\n0\r\n\r\n");
            assertEquals("{\"text\":\"5\"}", client.answer().body());
        }
    }

    @Test
    void a_body_that_comes_byte_by_byte_is_read() throws Exception {
        try (var client = server.client()) {
            for (byte b : RawClient.request("/v1/chat/completions", "{\"model\":\"m\"}")
                    .getBytes(StandardCharsets.US_ASCII)) {
                client.send(new byte[] {b});
            }
            assertEquals("{\"text\":\"5\"}", client.answer().body());
        }
    }

    @Test
    void a_client_that_waits_to_be_asked_for_its_body_is_asked() throws IOException {
        try (var client = server.client()) {
            client.send(AUTHORIZED + "Expect: 100-continue\r\nContent-Length: 13\r\n\r\n");
            assertTrue(client.line().startsWith("HTTP/1.1 100"));
            assertEquals("", client.line());
            client.send("{\"model\":\"m\"}");
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void a_client_that_waits_to_be_asked_is_refused_without() throws IOException {
        try (var client = server.client()) {
            client.send(HEAD + "Expect: 100-continue\r\nContent-Length: 13\r\n\r\n");
            assertEquals("HTTP/1.1 401 Unauthorized", client.line());
        }
        try (var client = server.client()) {
            client.send(AUTHORIZED + "Expect: 100-continue\r\nContent-Length: 1300000\r\n\r\n");
            assertEquals("HTTP/1.1 413 Payload Too Large", client.line());
        }
    }

    @Test
    void a_body_that_stops_coming_is_given_up() throws IOException {
        var impatient = new HttpLimits(1000, 10, Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(1));
        try (var other = new TestServer((conversation, sink) -> {}, impatient);
                var client = other.client()) {
            client.send(AUTHORIZED + "Content-Length: 100\r\n\r\n{\"model\":");
            RawClient.Answer answer = client.answer();
            assertEquals(408, answer.status());
            assertTrue(answer.body().contains("request_timeout"));
            assertTrue(client.serverCloses());
        }
    }

    @Test
    void a_body_that_only_trickles_is_given_up() throws Exception {
        var impatient = new HttpLimits(1000, 10, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(1));
        try (var other = new TestServer((conversation, sink) -> {}, impatient);
                var client = other.client()) {
            client.send(AUTHORIZED + "Content-Length: 100\r\n\r\n{\"model\":");
            for (int i = 0; i < 10; i++) {
                Thread.sleep(100);
                client.send(" ");
            }
            assertEquals(408, client.answer().status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "nonsense with secret words", "{\"model\":\"m\"", "\u0000"})
    void what_is_not_json_is_refused_without_being_quoted(String body) throws IOException {
        try (var client = server.client()) {
            RawClient.Answer answer = client.chat(body).answer();
            assertEquals(400, answer.status());
            assertTrue(answer.body().contains("invalid_request_error"));
            assertFalse(answer.body().contains("secret"));
        }
    }

    @Test
    void json_that_is_nested_too_deeply_is_refused() throws IOException {
        try (var client = server.client()) {
            RawClient.Answer answer =
                    client.chat("{\"model\":" + "[".repeat(30_000)).answer();
            assertEquals(400, answer.status());
            assertTrue(answer.body().contains("request_too_large"));
            assertEquals(200, client.chat("{\"model\":\"m\"}").answer().status());
        }
    }

    @Test
    void a_broken_chunk_is_a_bad_request() throws IOException {
        try (var client = server.client()) {
            client.send(AUTHORIZED + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
            assertEquals(400, client.answer().status());
        }
    }

    @Test
    void a_body_in_an_unknown_encoding_is_refused_with_the_reason() throws IOException {
        try (var client = server.client()) {
            client.send(AUTHORIZED + "Content-Encoding: lzma\r\nContent-Length: 3\r\n\r\nabc");
            RawClient.Answer answer = client.answer();
            assertEquals(415, answer.status());
            assertTrue(answer.body().contains("Content-Encoding"));
        }
    }

    @Test
    void the_open_route_takes_short_bodies_only() throws IOException {
        try (var client = server.client()) {
            String body = "{\"apiKey\":\"" + "x".repeat(9000) + "\"}";
            RawClient.Answer answer =
                    client.send(RawClient.request("/verify", body)).answer();
            assertEquals(413, answer.status());
            assertFalse(answer.body().contains("MAX_REQUEST_MB"), "no setting raises this limit");
        }
    }

    private static void assertTooLarge(RawClient.Answer answer) {
        assertEquals(413, answer.status());
        assertTrue(answer.body().contains("request_too_large"), answer.body());
    }
}
