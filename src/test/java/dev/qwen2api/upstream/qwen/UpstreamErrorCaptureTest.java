package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.fakeqwen.Capture;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service was seen to answer in place of an answer, played over a socket. */
@Timeout(60)
class UpstreamErrorCaptureTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private Failure failure(ResolvedConversation question) throws InterruptedException {
        var heard = new Heard();
        try (AnswerStream stream = bench.open(question)) {
            Bench.read(stream, heard);
        } catch (UpstreamException broken) {
            return broken.failure();
        }
        throw new AssertionError("no failure: " + heard.all());
    }

    @ParameterizedTest
    @CsvSource({
        "parallel-limited.json, PARALLEL_LIMITED, PT5S",
        "too-many-requests.json, RATE_LIMITED, PT1M",
        "quota-limited.json, QUOTA_EXHAUSTED, PT5H",
        "exceed-limit.json, QUOTA_EXHAUSTED, PT0S",
        "quota-exhausted.json, QUOTA_EXHAUSTED, PT0S",
        "code-402.json, QUOTA_EXHAUSTED, PT0S",
        "code-429.json, RATE_LIMITED, PT1M",
        "chinese-day-spent.json, QUOTA_EXHAUSTED, PT0S",
        "chinese-quota-used.json, QUOTA_EXHAUSTED, PT0S",
        "chinese-quota-under-limit.json, QUOTA_EXHAUSTED, PT0S",
        "chinese-busy.json, BUSY, PT0S",
        "unauthorized-lower.json, EXPIRED, PT0S",
        "code-401.json, EXPIRED, PT0S",
        "token-expired.json, EXPIRED, PT0S",
        "authentication-failed.json, EXPIRED, PT0S",
        "fail-sys-code.json, CHALLENGED, PT0S",
        "ret-string.json, CHALLENGED, PT0S",
        "flat-bad-request.json, BUSY, PT0S",
        "flat-rate-limited.json, RATE_LIMITED, PT2H",
        "unknown-code.json, UNKNOWN, PT0S",
        "only-code.sse, EMPTY, PT0S",
        "only-picture-thinking.sse, TRUNCATED, PT0S",
        "delta-error-limited.sse, RATE_LIMITED, PT3H",
        "delta-error-extra.sse, QUOTA_EXHAUSTED, PT0S",
        "delta-error-content.sse, QUOTA_EXHAUSTED, PT0S",
        "frame-error-rgv587.sse, CHALLENGED, PT0S",
        "frame-error-code.sse, EXPIRED, PT0S",
    })
    void a_reply_that_is_no_answer_is_known_for_what_it_is(String capture, FailureKind kind, Duration wait)
            throws Exception {
        bench.fake.faults().add(Refusals.reply(Capture.reply(capture)));
        Failure failure = failure(Questions.of("hi"));
        assertEquals(kind, failure.kind(), failure.toString());
        assertEquals(wait, failure.retryAfter(), failure.toString());
        assertEquals(Optional.empty(), failure.scope());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"parallel-limited.json", "chinese-day-spent.json", "unauthorized-lower.json", "ret-string.json"})
    void a_new_chat_is_refused_in_the_same_words(String capture) throws Exception {
        Failure whenAsked;
        try (var fault = bench.fake.faults().add(Refusals.reply(Capture.reply(capture)))) {
            whenAsked = failure(Questions.of("hi"));
        }
        bench.fake.faults().add(Refusals.reply(Capture.reply(capture)).on(Endpoint.CHATS_NEW));
        assertEquals(whenAsked, failure(Questions.of("hi")));
    }

    @ParameterizedTest
    @CsvSource({"VIDEO, VIDEO", "IMAGE, PICTURE", "IMAGE_EDIT, PICTURE"})
    void a_limit_is_that_of_the_kind_of_request(ChatType type, RequestKind kind) throws Exception {
        bench.fake.faults().add(Refusals.rateLimited(7));
        Failure failure = failure(Questions.ofType(type, Message.of(Role.USER, "a cat")));
        assertEquals(FailureKind.RATE_LIMITED, failure.kind());
        assertEquals(Optional.of(kind), failure.scope());
    }

    /** Replies to {@code getstsToken}. */
    enum Ticket {
        LIMITED(Refusals.rateLimited(9), FailureKind.RATE_LIMITED, Duration.ofMinutes(5)),
        NOT_FOUND(Refusals.notFound(), FailureKind.BROKEN, Duration.ZERO),
        PLAIN_404(Refusals.reply(Reply.of(404, "text/plain", "no")), FailureKind.BROKEN, Duration.ZERO),
        FORBIDDEN(Refusals.forbidden403(), FailureKind.FORBIDDEN, Duration.ZERO);

        final dev.qwen2api.fakeqwen.Fault fault;
        final FailureKind kind;
        final Duration wait;

        Ticket(dev.qwen2api.fakeqwen.Fault fault, FailureKind kind, Duration wait) {
            this.fault = fault;
            this.kind = kind;
            this.wait = wait;
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_upload_that_is_refused_concerns_uploads_alone(Ticket ticket) throws Exception {
        bench.fake.faults().add(ticket.fault.on(Endpoint.STS_V2));
        Message.Part file = new TextDocument("words").named("a.txt");
        Failure failure = failure(Questions.of(new Message(Role.USER, List.of(file), List.of(), "")));
        assertEquals(ticket.kind, failure.kind(), failure.toString());
        assertEquals(Optional.of(RequestKind.UPLOAD), failure.scope());
        assertEquals(ticket.wait, failure.retryAfter());
    }

    @ParameterizedTest
    @ValueSource(strings = {"parent-not-found.json", "chat-in-progress-code.json", "request-ended.json"})
    void a_stale_or_busy_chat_is_replaced_by_a_new_one(String capture) throws Exception {
        bench.fake.faults().add(Refusals.reply(Capture.reply(capture)).once());
        assertEquals("text well\nfinished STOP", bench.story(Questions.of("echo: well")));
        assertEquals(2, bench.fake.recorder().completions().size());
        bench.fake.faults().add(Refusals.reply(Capture.reply(capture)));
        assertEquals(FailureKind.BUSY, failure(Questions.of("hi")).kind());
        assertEquals(4, bench.fake.recorder().completions().size(), "a new chat is tried once");
    }

    @Test
    void a_code_that_is_not_known_is_counted_by_its_name() throws Exception {
        bench.fake.faults().add(Refusals.reply(Capture.reply("unknown-code.json")));
        failure(Questions.of("hi"));
        failure(Questions.of("hi"));
        assertEquals(
                2L,
                bench.changes.counts().get("code:BrandNewTrouble"),
                bench.changes.counts().toString());
        bench.fake.faults().clear();
        bench.fake.faults().add(Refusals.reply(Capture.reply("other-phases-before-answer.sse")));
        assertTrue(bench.story(Questions.of("hi")).startsWith("text one"));
        assertEquals(
                1L,
                bench.changes.counts().get("phase:holodeck"),
                bench.changes.counts().toString());
        assertEquals(2, bench.changes.counts().size());
    }
}
