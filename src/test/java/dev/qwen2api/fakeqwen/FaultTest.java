package dev.qwen2api.fakeqwen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Completion.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FaultTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final FakeQwen fake = FakeQwen.start();
    private final String user = fake.accounts().newUser();
    private final Browser browser = new Browser(fake, user);

    @BeforeEach
    void script() {
        fake.script()
                .otherwise(Answer.empty()
                        .chunks("one ", "二 ", "three")
                        .thinking(Answer.thoughts("A", "a", "B", "b"))
                        .usage(100, 30));
    }

    @AfterEach
    void close() {
        fake.close();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(Refusals.unauthorized401(), 401, "401", "\"Unauthorized\""),
                Arguments.of(Refusals.expired(), 200, "401", "Token has expired"),
                Arguments.of(Refusals.forbidden403(), 403, "403", "Forbidden"),
                Arguments.of(Refusals.rateLimited(4), 200, "429", "\"num\":4}"),
                Arguments.of(Refusals.rateLimited(-1), 200, "429", "\"num\":-1}"),
                Arguments.of(Refusals.rateLimitedRaw("\"4\""), 200, "429", "\"num\":\"4\"}"),
                Arguments.of(Refusals.rateLimitedRaw(""), 200, "429", "trying again.\"}}"),
                Arguments.of(Refusals.rateLimitedFlat429(4), 429, "429", "{\"code\":\"RateLimited\",\"detail\""),
                Arguments.of(Refusals.punishJson("captcha"), 200, "200", "action=captcha&pureCaptcha="),
                Arguments.of(Refusals.punishJson("deny"), 200, "200", "RGV587_ERROR::SM::哎哟喂,被挤爆啦"),
                Arguments.of(Refusals.wafHtml(), 200, "200", "Access Verification"),
                Arguments.of(Refusals.blocked405Html(), 405, "405", "<h1>405</h1>"),
                Arguments.of(Refusals.blocked503Html(), 503, "503", "<h1>503</h1>"),
                Arguments.of(Refusals.http500(), 500, "500", "Internal_Server_Error"),
                Arguments.of(Refusals.http502Html(), 502, "502", "<html>"),
                Arguments.of(Refusals.retryAfter(429, "7"), 429, "429", "slow down"),
                Arguments.of(Refusals.emptyJsonBody(), 200, "200", ""),
                Arguments.of(Refusals.successTrueWithErrorCode(), 200, "200", "{\"success\":true"),
                Arguments.of(Refusals.chatInProgress(), 200, "400", "The chat is in progress!"),
                Arguments.of(Refusals.internalError(), 200, "400", "Internal error..."),
                Arguments.of(Refusals.modelNotFound(), 200, "404", "Model not found"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_refusal_takes_the_place_of_the_answer(Fault fault, int status, String actual, String sign) throws Exception {
        fake.faults().add(fault);
        HttpResponse<String> response = browser.ask("hi");
        assertEquals(status, response.statusCode());
        assertEquals(
                actual, response.headers().firstValue("x-actual-status-code").orElse(""));
        assertTrue(response.body().contains(sign), response.body());
        assertEquals(Outcome.REFUSED, fake.recorder().completions().get(0).outcome());
    }

    static Stream<Arguments> spoiltStreams() {
        String created = "data: {\"response.created\"";
        String invalid = "data: {\"error\": {\"code\": \"invalid_input\"";
        return Stream.of(
                Arguments.of(StreamFaults.emptyStream(), "", 0, false),
                Arguments.of(StreamFaults.softBlockCreatedOnly(), created, 0, false),
                Arguments.of(StreamFaults.errorFrameFirst("invalid_input"), invalid, 0, false),
                Arguments.of(
                        StreamFaults.errorTextFirst("Internal error!"),
                        "data: {\"error\": \"Internal error!\"}",
                        0,
                        false),
                Arguments.of(StreamFaults.rateLimitedFrame(3), "data: {\"success\": false, \"request_id\"", 0, false),
                Arguments.of(StreamFaults.moderationFirst(), "data: {\"error\": {\"code\": \"data_insp", 0, false),
                Arguments.of(StreamFaults.errorFrameAfterText(2, "internal_error"), created, 2, false),
                Arguments.of(StreamFaults.moderationMidStream(1), created, 1, false),
                Arguments.of(StreamFaults.cleanEndWithoutFinished(2), created, 2, false),
                Arguments.of(StreamFaults.cleanEndWithoutFinished(9), created, 3, false),
                Arguments.of(StreamFaults.repeatedAndShrinkingSummaries(), created, 3, true));
    }

    @ParameterizedTest
    @MethodSource("spoiltStreams")
    void a_spoilt_stream_ends_where_the_fault_says(Fault fault, String begin, int texts, boolean whole)
            throws Exception {
        fake.faults().add(fault);
        String body = browser.ask("hi").body();
        assertTrue(body.startsWith(begin), body);
        Completion completion = fake.recorder().completions().get(0);
        assertTrue(completion.awaitEnd(SOON));
        assertEquals(texts, completion.textFrames());
        assertEquals(whole ? Outcome.FINISHED : Outcome.CUT, completion.outcome());
        assertEquals(whole, body.contains("\"status\": \"finished\", \"phase\": \"answer\""));
    }

    @Test
    void one_shot_faults_strike_once_and_only_their_account() throws Exception {
        FaultPlan.Placed placed =
                fake.faults().add(Refusals.expired().once().forAccount(user).afterRequests(1));
        Browser other = new Browser(fake, fake.accounts().newUser());
        assertFalse(other.ask("hi").body().contains("expired"));
        assertFalse(browser.ask("hi").body().contains("expired"));
        assertTrue(browser.ask("hi").body().contains("expired"));
        assertFalse(browser.ask("hi").body().contains("expired"));
        assertEquals(1, placed.hits());
        assertTrue(placed.spent());
    }

    @Test
    void two_one_shot_refusals_strike_one_request_each() throws Exception {
        fake.faults().add(Refusals.expired().once());
        fake.faults().add(Refusals.chatInProgress().once());
        assertTrue(browser.ask("hi").body().contains("expired"));
        assertTrue(browser.ask("hi").body().contains("in progress"));
    }

    @Test
    void a_lifted_fault_strikes_no_more() throws Exception {
        try (FaultPlan.Placed placed = fake.faults().add(Refusals.wafHtml().on(Endpoint.CHATS_NEW))) {
            assertEquals("", browser.newChat());
            assertEquals(1, placed.hits());
        }
        assertFalse(browser.newChat().isEmpty());
    }

    @Test
    void bent_bytes_carry_the_same_text() throws Exception {
        String chat = browser.newChat();
        fake.faults().add(WireFaults.oneByteAtATime().once());
        String slow = browser.ask(browser.question(chat, "hi")).body();
        fake.faults().add(WireFaults.splitAt(1, 7, 3).once());
        String pieces = browser.ask(browser.question(chat, "hi")).body();
        fake.faults().add(StreamFaults.crlf().once());
        String crlf = browser.ask(browser.question(chat, "hi")).body();
        String plain = unified(browser.ask(browser.question(chat, "hi")).body());
        assertTrue(plain.contains("二"));
        assertEquals(plain, unified(slow));
        assertEquals(plain, unified(pieces));
        assertFalse(unified(crlf).equals(plain));
        assertEquals(plain, unified(crlf.replace("\r\n", "\n")));
    }

    @Test
    void an_unasked_gzip_unpacks_to_the_answer() throws Exception {
        fake.faults().add(WireFaults.gzipUnasked());
        HttpResponse<byte[]> response = bytes();
        assertEquals("gzip", response.headers().firstValue("content-encoding").orElse(""));
        String text = new String(
                new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(text.startsWith("data: {\"response.created\""));
        assertTrue(text.endsWith("}\n\n"));
    }

    @Test
    void a_body_can_end_at_any_byte_in_three_ways() throws Exception {
        byte[] whole = bytes().body();
        fake.faults().add(WireFaults.endAtByte(10).once());
        assertArrayEquals(java.util.Arrays.copyOf(whole, 10), bytes().body());
        fake.faults().add(WireFaults.dropAtByte(10).once());
        assertThrows(IOException.class, this::bytes);
        fake.faults().add(WireFaults.resetAtByte(0).once());
        assertThrows(IOException.class, this::bytes);
        fake.faults().add(StreamFaults.resetAfterText(1).once());
        assertThrows(IOException.class, this::bytes);
        fake.faults().add(WireFaults.resetBeforeFirstByte().times(2));
        assertThrows(IOException.class, this::bytes);
    }

    @Test
    void silence_lasts_until_the_client_leaves() throws Exception {
        for (Fault fault : new Fault[] {
            WireFaults.silentBeforeHeaders(),
            StreamFaults.silentAfterHeaders(),
            StreamFaults.stallAfterText(1),
            StreamFaults.keepAlivesForever(Duration.ofMillis(5))
        }) {
            fake.recorder().clear();
            HttpRequest.Builder request = browser.completion(browser.question(browser.newChat(), "hi"))
                    .timeout(Duration.ofMillis(400));
            try (FaultPlan.Placed placed = fake.faults().add(fault)) {
                leaveAfterTheFirstByte(request);
                assertEquals(1, placed.hits());
            }
            assertTrue(fake.recorder().awaitCompletion(1, SOON).awaitClientClosed(SOON));
        }
    }

    @Test
    void noise_is_put_between_the_frames_and_leaves_them_whole() throws Exception {
        fake.faults().add(StreamFaults.comments());
        fake.faults().add(StreamFaults.garbage());
        fake.faults().add(StreamFaults.interleavedResponseIds());
        fake.faults().add(StreamFaults.hugeLine(100_000));
        fake.faults().add(StreamFaults.missingLastBlankLine());
        String body = browser.ask("hi").body();
        assertTrue(body.contains("\n: a comment\n"));
        assertTrue(body.contains("INTRUDER"));
        assertTrue(body.contains("x".repeat(100_000)));
        assertTrue(body.contains("\"content\": \"three\""));
        assertTrue(body.endsWith("}"));
    }

    @Test
    void broken_utf_8_is_really_broken() throws Exception {
        fake.faults().add(StreamFaults.invalidUtf8());
        byte[] body = bytes().body();
        assertFalse(java.util.Arrays.equals(
                body, new String(body, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void faults_of_headers_and_types_dress_the_answer() throws Exception {
        fake.faults().add(WireFaults.wrongContentType("text/plain").withHeader("retry-after", "soon"));
        HttpResponse<String> response = browser.ask("hi");
        assertEquals("text/plain", response.headers().firstValue("content-type").orElse(""));
        assertEquals("soon", response.headers().firstValue("retry-after").orElse(""));
    }

    @Test
    void a_closed_port_refuses() throws Exception {
        try (ClosedPort closed = new ClosedPort()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(closed.baseUrl())).build();
            assertThrows(
                    ConnectException.class, () -> HttpClient.newHttpClient().send(request, BodyHandlers.discarding()));
        }
    }

    private void leaveAfterTheFirstByte(HttpRequest.Builder request) throws Exception {
        try (InputStream body = HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofInputStream())
                .body()) {
            if (body.available() > 0) {
                assertTrue(body.read() > 0);
            }
        } catch (HttpTimeoutException silent) {
            assertEquals(Duration.ofMillis(400), request.build().timeout().orElseThrow());
        }
    }

    private HttpResponse<byte[]> bytes() throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        browser.completion(browser.question(browser.newChat(), "hi"))
                                .build(),
                        BodyHandlers.ofByteArray());
    }

    /** The same answer has the same text but for ids and times. */
    private static String unified(String body) {
        return body.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID").replaceAll("\"timestamp\": \\d+", "TIME");
    }
}
