package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies and requests that no honest client sends. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MalformedRequestIT {

    private static final long SEED = 20_261_123;
    private static final List<String> TARGETS = List.of(
            "/v1/chat/completions",
            "/verify",
            "/api/addAccount",
            "/api/accounts/1/reset",
            "/api/reloadConfig",
            "/v1/models");

    private static final List<String> SEEDS = List.of(
            "{\"model\":\"qwen-max\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                    + "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hé\\u00e9 🐋\"}]}],"
                    + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}],"
                    + "\"tool_choice\":\"auto\",\"max_tokens\":5,\"stop\":[\"a\"],\"size\":\"16:9\"}",
            "{\"apiKey\":\"" + JarUnderTest.KEY + "\"}",
            "{\"num\":\"7\",\"cookie\":\"token=a.b.c; cna=1\",\"token\":\"eyJ\"}");

    private JarUnderTest jarUnderTest;

    @BeforeAll
    void begin(@TempDir Path folder) throws Exception {
        jarUnderTest = new JarUnderTest(folder, 1, Map.of("MAX_REQUEST_MB", "1"));
    }

    @AfterAll
    void end() {
        jarUnderTest.close();
    }

    @Test
    void no_body_is_answered_with_a_server_error() throws Exception {
        var random = new Random(SEED);
        for (int round = 0; round < Scale.of(600, 10_000); round++) {
            byte[] body = JsonFuzzer.of(SEEDS.get(random.nextInt(SEEDS.size())), random);
            String target = TARGETS.get(random.nextInt(TARGETS.size()));
            HttpRequest request = jarUnderTest
                    .request(target)
                    .POST(BodyPublishers.ofByteArray(body))
                    .build();
            World.Reply reply = jarUnderTest.send(request);
            String what =
                    "round " + round + ": " + target + " " + new String(body, StandardCharsets.UTF_8) + "\n" + reply;
            assertTrue(reply.status < 500, what);
            assertFalse(reply.body.contains("Exception") || reply.body.contains("\tat "), what);
        }
        assertNothingUnexpected();
        jarUnderTest.assertServes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_body_over_the_limit_is_refused_whether_or_not_its_length_is_announced(boolean announced) throws Exception {
        String body = World.body("x".repeat(2 << 20), false);
        var announcing = BodyPublishers.ofString(body);
        HttpRequest request = jarUnderTest
                .request("/v1/chat/completions")
                .POST(announced ? announcing : BodyPublishers.fromPublisher(announcing))
                .build();
        World.Reply reply = jarUnderTest.send(request);
        assertEquals(413, reply.status, reply.toString());
        jarUnderTest.assertServes();
    }

    private void assertNothingUnexpected() {
        assertEquals(
                List.of(),
                jarUnderTest.jar.log().stream()
                        .filter(line -> line.contains("unexpectedly") || line.contains("\tat "))
                        .toList());
    }

    /** Requests that two servers could take for different ones. All of them carry a second one inside. */
    enum Smuggled {
        LENGTH_AND_CHUNKS("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        CHUNKS_AND_LENGTH("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        TWO_LENGTHS("Content-Length: 0\r\nContent-Length: 44\r\n\r\n"),
        LENGTHS_IN_ONE("Content-Length: 0, 44\r\n\r\n"),
        SIGNED_LENGTH("Content-Length: +0\r\n\r\n"),
        NEGATIVE_LENGTH("Content-Length: -1\r\n\r\n"),
        HUGE_LENGTH("Content-Length: 99999999999999999999\r\n\r\n"),
        UNKNOWN_CODING("Transfer-Encoding: xchunked\r\n\r\n"),
        CHUNKED_TWICE("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        CHUNKED_NOT_LAST("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        CODING_WITH_SPACE("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        BAD_CHUNK_SIZE("Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"),
        NEGATIVE_CHUNK_SIZE("Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"),
        HUGE_CHUNK_SIZE("Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"),
        FOLDED_HEADER("X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n"),
        NUL_IN_HEADER("X-A: b\0c\r\nContent-Length: 0\r\n\r\n"),
        NUL_IN_NAME("X\0A: b\r\nContent-Length: 0\r\n\r\n"),
        BARE_CR_IN_HEADER("X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n");

        final String rest;

        Smuggled(String rest) {
            this.rest = rest;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_request_that_could_be_read_in_two_ways_is_refused_and_the_connection_closed(Smuggled shape)
            throws Exception {
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + JarUnderTest.KEY
                + "\r\n";
        String answers = converse(head + shape.rest + "GET /smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n");
        assertTrue(answers.matches("(?s)HTTP/1\\.1 (400|413|501) .*"), answers);
        assertEquals(1, answers.split("HTTP/1\\.1 ", -1).length - 1, answers);
        assertTrue(jarUnderTest.jar.log().stream().noneMatch(line -> line.contains("/smuggled")));
    }

    private String converse(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), jarUnderTest.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
