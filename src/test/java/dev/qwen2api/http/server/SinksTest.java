package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.routes.ChatEndpoint.Answerer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client sees of answers and of failures, before and after the commit point. */
@Timeout(30)
class SinksTest {

    private static final String STREAM = "{\"model\":\"m\",\"stream\":true}";
    private static final String WHOLE = "{\"model\":\"m\"}";
    private static final Problem BROKEN = Problem.of(ProblemKind.UPSTREAM_ERROR, "it broke");

    @Test
    void a_stream_has_the_headers_that_keep_proxies_from_holding_it_back() throws IOException {
        RawClient.Answer answer = ask((conversation, sink) -> Gate.say(sink, true, "hi"), STREAM);
        assertEquals(200, answer.status());
        assertEquals("text/event-stream; charset=utf-8", answer.header("content-type"));
        assertEquals("no-cache", answer.header("cache-control"));
        assertEquals("no", answer.header("x-accel-buffering"));
        assertEquals("", answer.header("content-encoding"));
        assertEquals("data: OPEN\n\ndata: hi\n\ndata: [DONE]\n\n", answer.body());
    }

    @Test
    void an_event_reaches_the_client_before_the_next_one_is_there() throws Exception {
        var gate = new Gate("early", "late");
        try (var server = new TestServer(gate);
                var client = server.client()) {
            client.chat(STREAM).lineThatBegins("data: early");
            gate.open();
            assertEquals("data: late", client.lineThatBegins("data: "));
        }
    }

    @Test
    void events_that_come_together_leave_in_one_chunk() throws Exception {
        Answerer pair = (conversation, sink) -> {
            sink.open();
            sink.on(new Text("a"));
            sink.on(new Text("b"));
            sink.flush();
            sink.done();
        };
        try (var server = new TestServer(pair);
                var client = server.client()) {
            client.chat(STREAM).lineThatBegins("Transfer-Encoding: chunked");
            assertEquals("", client.line());
            assertEquals("data: OPEN\n\ndata: a\n\ndata: b\n\n", client.chunk());
        }
    }

    @Test
    void a_whole_answer_has_a_length() throws IOException {
        RawClient.Answer answer = ask((conversation, sink) -> Gate.say(sink, true, "hi"), WHOLE);
        assertEquals(200, answer.status());
        assertEquals("application/json", answer.header("content-type"));
        assertEquals("13", answer.header("content-length"));
        assertEquals("{\"text\":\"hi\"}", answer.body());
    }

    @ParameterizedTest
    @CsvSource({"UPSTREAM_ERROR, 502", "UPSTREAM_TIMEOUT, 504", "NO_ACCOUNT, 503", "CONTENT_FILTER, 400"})
    void a_failure_before_the_commit_point_is_a_status(ProblemKind kind, int status) throws IOException {
        for (String body : new String[] {STREAM, WHOLE}) {
            RawClient.Answer answer = ask((conversation, sink) -> sink.fail(Problem.of(kind, "why")), body);
            assertEquals(status, answer.status());
            assertEquals("application/json", answer.header("content-type"));
            assertEquals("{\"error\":{\"code\":\"" + kind.code() + "\",\"message\":\"why\"}}", answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, ''", "1500, 2, ''", "60000, 60, ''", "60001, '', false", "86400000, '', false"})
    void a_short_wait_is_told_in_whole_seconds_and_a_long_one_forbids_retries(long millis, String seconds, String retry)
            throws IOException {
        Problem limited = Problem.retryable(ProblemKind.RATE_LIMITED, "later", Duration.ofMillis(millis));
        RawClient.Answer answer = ask((conversation, sink) -> sink.fail(limited), WHOLE);
        assertEquals(429, answer.status());
        assertEquals(seconds, answer.header("retry-after"));
        assertEquals(retry, answer.header("x-should-retry"));
    }

    @Test
    void a_failure_in_mid_stream_is_one_error_event_and_the_end() throws IOException {
        RawClient.Answer answer = ask(
                (conversation, sink) -> {
                    begin(sink);
                    sink.fail(BROKEN);
                    sink.fail(BROKEN);
                },
                STREAM);
        assertEquals("data: OPEN\n\ndata: hi\n\ndata: !upstream_error\n\n", answer.body());
    }

    @Test
    void a_bug_in_mid_stream_is_one_error_event_and_the_end() throws IOException {
        RawClient.Answer answer = ask(
                (conversation, sink) -> {
                    begin(sink);
                    throw new IllegalStateException("secret words");
                },
                STREAM);
        assertEquals("data: OPEN\n\ndata: hi\n\ndata: !internal_error\n\n", answer.body());
    }

    @Test
    void an_exhausted_jvm_in_mid_stream_is_one_error_event_and_the_end() throws IOException {
        RawClient.Answer answer = ask(
                (conversation, sink) -> {
                    begin(sink);
                    throw new StackOverflowError();
                },
                STREAM);
        assertEquals("data: OPEN\n\ndata: hi\n\ndata: !internal_error\n\n", answer.body());
    }

    @Test
    void an_answer_that_was_forgotten_is_an_error() throws IOException {
        assertEquals(500, ask((conversation, sink) -> {}, WHOLE).status());
        RawClient.Answer answer = ask((conversation, sink) -> begin(sink), STREAM);
        assertEquals("data: OPEN\n\ndata: hi\n\ndata: !internal_error\n\n", answer.body());
    }

    @Test
    void a_heartbeat_spends_the_status_of_a_stream() throws IOException {
        RawClient.Answer answer = ask(
                (conversation, sink) -> {
                    sink.heartbeat();
                    sink.fail(BROKEN);
                },
                STREAM);
        assertEquals(200, answer.status());
        assertEquals("text/event-stream; charset=utf-8", answer.header("content-type"));
        assertEquals(": keep-alive\ndata: !upstream_error\n\n", answer.body());
    }

    @Test
    void a_stream_goes_on_after_heartbeats() throws IOException {
        RawClient.Answer answer = ask(
                (conversation, sink) -> {
                    sink.heartbeat();
                    Gate.say(sink, true, "hi");
                },
                STREAM);
        assertEquals(": keep-alive\ndata: OPEN\n\ndata: hi\n\ndata: [DONE]\n\n", answer.body());
    }

    @Test
    void a_heartbeat_leaves_a_whole_answer_its_status() throws IOException {
        RawClient.Answer answer = ask(
                (conversation, sink) -> {
                    sink.heartbeat();
                    sink.fail(BROKEN);
                },
                WHOLE);
        assertEquals(502, answer.status());
        assertEquals("{\"error\":{\"code\":\"upstream_error\",\"message\":\"it broke\"}}", answer.body());
    }

    @Test
    void the_connection_is_used_again_after_answers_and_after_failures() throws Exception {
        Answerer moody = (conversation, sink) -> {
            switch (conversation.model()) {
                case "fail" -> sink.fail(BROKEN);
                case "break" -> {
                    begin(sink);
                    sink.fail(BROKEN);
                }
                default -> Gate.say(sink, true, "hi");
            }
        };
        try (var server = new TestServer(moody);
                var client = server.client()) {
            for (String model : new String[] {"fail", "break", "say", "break", "fail", "say"}) {
                for (boolean stream : new boolean[] {true, false}) {
                    client.chat("{\"model\":\"" + model + "\",\"stream\":" + stream + "}");
                    String body = client.answer().body();
                    assertEquals(model.equals("say"), !body.contains("upstream_error"), body);
                }
            }
        }
    }

    @Test
    void no_message_of_an_unforeseen_exception_reaches_the_client() throws IOException {
        RawClient.Answer answer = ask(
                (conversation, sink) -> {
                    throw new IllegalStateException("secret words");
                },
                WHOLE);
        assertEquals(500, answer.status());
        assertFalse(answer.body().contains("secret"));
        assertTrue(answer.body().contains(answer.header("x-request-id")), answer.body());
    }

    @Test
    void the_access_line_names_the_account_that_was_tried_last() throws Exception {
        var seen = new ArrayBlockingQueue<String>(2);
        Answerer chats = (conversation, sink) -> {
            sink.leased(new AccountId(1));
            sink.leased(new AccountId(2));
            Gate.say(sink, true, "hi");
        };
        Routes spy = table -> table.after(ctx -> seen.add(String.valueOf((Object) ctx.attribute(AccessLog.ACCOUNT))));
        try (var server = new TestServer(chats, TestServer.LIMITS, spy);
                var client = server.client()) {
            for (String body : List.of(STREAM, WHOLE)) {
                client.chat(body).answer();
                assertEquals("account_2", seen.poll(10, TimeUnit.SECONDS));
            }
        }
    }

    private static void begin(AnswerSink sink) {
        sink.open();
        sink.on(new Text("hi"));
        sink.flush();
    }

    private static RawClient.Answer ask(Answerer chats, String body) throws IOException {
        try (var server = new TestServer(chats);
                var client = server.client()) {
            return client.chat(body).answer();
        }
    }
}
