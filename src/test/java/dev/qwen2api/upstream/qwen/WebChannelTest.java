package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.AnswerStream.Progress;
import dev.qwen2api.chat.Message;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.ClosedPort;
import dev.qwen2api.fakeqwen.Completion;
import dev.qwen2api.fakeqwen.Completion.Outcome;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.Request;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.fakeqwen.WireFaults;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class WebChannelTest {

    private static final Duration SOON = Bench.SOON;
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static Answer slow(String... chunks) {
        return Answer.empty().chunks(chunks).delayPerChunk(Duration.ofMillis(200));
    }

    private Completion completion(int number) {
        return bench.fake.recorder().awaitCompletion(number, SOON);
    }

    @Test
    void an_answer_comes_with_its_thinking_and_its_chat_goes() throws Exception {
        bench.fake.script().queue(Answer.text("Yes.").thinking(Answer.thoughts("A", "a", "B", "b")));
        assertEquals(
                "think **A**⏎⏎a\nthink ⏎⏎**B**⏎⏎b\ntext Yes.\nfinished STOP",
                bench.story(Questions.thinking("hi", OptionalInt.empty())));
        assertTrue(bench.fake.recorder().awaitDeleted(completion(1).chatId(), SOON));
        bench.janitor.drain(SOON);
        assertEquals(List.of(), bench.ledger.leftOver());
        assertEquals(List.of(), bench.fake.recorder().stopsSeen(), "a complete answer has nothing to stop");
    }

    @Test
    void requests_look_like_the_web_apps() throws Exception {
        bench.story(Questions.of("hi"));
        Request asked = completion(1).request();
        assertEquals("application/json", asked.header("accept").orElse(""));
        assertEquals("application/json", asked.header("content-type").orElse(""));
        assertEquals("web", asked.header("source").orElse(""));
        assertEquals(
                "https://chat.qwen.ai/c/" + completion(1).chatId(),
                asked.header("referer").orElse(""));
        assertEquals(bench.account.credential().token(), asked.cookie("token").orElse(""));
        assertEquals(completion(1).chatId(), asked.json().path("chat_id").asText());
    }

    @Test
    void connections_are_used_again_after_a_complete_answer() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertEquals("text well\nfinished STOP", bench.story(Questions.of("echo: well")));
            bench.janitor.drain(SOON);
        }
        assertTrue(bench.fake.openConnections() <= 3, bench.fake.openConnections() + " connections");
    }

    @Test
    void every_byte_may_come_alone() throws Exception {
        bench.fake.script().queue(Answer.empty().chunks("通", "义 ", "🌍"));
        bench.fake.faults().add(WireFaults.oneByteAtATime());
        assertEquals("text 通\ntext 义 \ntext 🌍\nfinished STOP", bench.story(Questions.of("hi")));
    }

    @Test
    void a_line_of_megabytes_comes_through() throws Exception {
        bench.fake.script().queue(Answer.text("end"));
        bench.fake.faults().add(StreamFaults.hugeLine(2_000_000));
        String story = bench.story(Questions.of("hi"));
        assertTrue(("text " + "x".repeat(2_000_000) + "\ntext end\nfinished STOP").equals(story), "not whole");
    }

    /** Streams that are odd and still say everything. */
    enum Odd {
        COMMENTS(StreamFaults::comments),
        GARBAGE(StreamFaults::garbage),
        CRLF(StreamFaults::crlf),
        NO_LAST_BLANK_LINE(StreamFaults::missingLastBlankLine),
        INTERLEAVED(StreamFaults::interleavedResponseIds),
        REPEATED_SUMMARIES(StreamFaults::repeatedAndShrinkingSummaries),
        SPLIT(() -> WireFaults.splitAt(1, 7, 64));

        final Supplier<Fault> fault;

        Odd(Supplier<Fault> fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_odd_stream_says_the_same(Odd odd) throws Exception {
        bench.fake.script().queue(Answer.empty().chunks("one ", "two").thinking(Answer.thoughts("A", "a", "B", "b")));
        bench.fake.faults().add(odd.fault.get());
        assertEquals(
                "think **A**⏎⏎a\nthink ⏎⏎**B**⏎⏎b\ntext one \ntext two\nfinished STOP",
                bench.story(Questions.thinking("hi", OptionalInt.empty())));
    }

    /** What comes under the name of an event stream. */
    @Test
    void a_refusal_that_claims_to_be_an_event_stream_is_still_what_it_is() throws Exception {
        String type = "text/event-stream";
        bench.fake.faults().add(Refusals.reply(Reply.of(200, type, "<!doctypehtml><html>aliyun_waf_aa</html>")));
        assertEquals("failed CHALLENGED", bench.story(Questions.of("hi")));
        bench.fake.faults().clear();
        String quota = "{\"success\":false,\"data\":{\"code\":\"RateLimited\",\"num\":2}}";
        bench.fake.faults().add(Refusals.reply(Reply.of(200, type, quota)));
        assertEquals("failed RATE_LIMITED", bench.story(Questions.of("hi")));
        assertEquals(List.of(), bench.fake.recorder().stopsSeen(), "a refusal leaves nothing to stop");
    }

    @Test
    void a_model_that_must_think_is_asked_again_in_a_new_chat() throws Exception {
        bench.fake.script().otherwise(Answer.text("well").think("hm"));
        assertEquals("think hm\ntext well\nfinished STOP", bench.story(Questions.about("qwen3.8-max-preview", "hi")));
        assertEquals(2, bench.fake.recorder().completions().size());
        assertFalse(completion(1).prompt().thinking());
        assertTrue(completion(2).prompt().thinking());
        assertNotEquals(completion(1).chatId(), completion(2).chatId());
        assertTrue(bench.fake.recorder().awaitDeleted(completion(1).chatId(), SOON));
        assertTrue(bench.fake.recorder().awaitDeleted(completion(2).chatId(), SOON));
    }

    @Test
    void a_refusal_of_the_input_is_final_when_thinking_did_not_help_or_was_on() throws Exception {
        bench.fake.faults().add(StreamFaults.errorFrameFirst("invalid_input"));
        assertEquals("failed BAD_INPUT", bench.story(Questions.of("hi")));
        assertEquals(2, bench.fake.recorder().completions().size());
        assertEquals("failed BAD_INPUT", bench.story(Questions.thinking("hi", OptionalInt.empty())));
        assertEquals(3, bench.fake.recorder().completions().size());
    }

    @Test
    void any_other_refusal_of_the_input_is_final_at_once() throws Exception {
        bench.fake.faults().add(Refusals.refusal(422, "RequestValidationError", "Field 'x': Field required"));
        assertEquals("failed BAD_INPUT", bench.story(Questions.of("hi")));
        assertEquals(1, bench.fake.recorder().completions().size());
    }

    @Test
    void closing_in_the_middle_stops_the_generation_and_deletes_the_chat_within_a_second() throws Exception {
        bench.fake.script().otherwise(slow("one ", "two ", "three ", "four ", "five ", "six ", "seven ", "eight "));
        var heard = new Heard();
        AnswerStream stream = bench.open(Questions.of("hi"));
        while (!heard.all().contains("text")) {
            stream.read(A_SECOND, heard);
        }
        stream.close();
        Completion completion = completion(1);
        assertTrue(completion.awaitClientClosed(A_SECOND), completion.toString());
        assertTrue(completion.awaitStop(A_SECOND));
        assertTrue(bench.fake.recorder().awaitDeleted(completion.chatId(), A_SECOND));
        Request stop = bench.fake.recorder().last(Endpoint.STOP).orElseThrow();
        assertEquals(completion.responseId(), stop.json().path("response_id").asText());
    }

    @Test
    void closing_before_the_first_byte_stops_the_generation_too() throws Exception {
        bench.fake.script().otherwise(Answer.text("late").delay(Duration.ofSeconds(20)));
        AnswerStream stream = bench.open(Questions.of("hi"));
        Completion completion = completion(1);
        stream.close();
        assertTrue(completion.awaitAbandoned(A_SECOND), completion.toString());
        assertTrue(bench.fake.recorder().awaitDeleted(completion.chatId(), SOON));
    }

    @Test
    void a_chat_whose_creation_was_under_way_at_the_close_is_deleted_all_the_same() throws Exception {
        bench.open(Questions.of("hi")).close();
        assertTrue(bench.fake.recorder().awaitRequests(Endpoint.CHAT_DELETE, 1, SOON));
        bench.janitor.drain(SOON);
        assertEquals(0, bench.fake.chats().count());
        assertEquals(List.of(), bench.ledger.leftOver());
        assertEquals(List.of(), bench.fake.recorder().completions(), "nothing was asked");
    }

    @Test
    void closing_wakes_the_reader_and_closing_twice_does_no_harm() throws Exception {
        bench.fake.faults().add(WireFaults.silentBeforeHeaders());
        AnswerStream stream = bench.open(Questions.of("hi"));
        completion(1);
        var closer = new Thread(() -> {
            stream.close();
            stream.close();
        });
        closer.start();
        assertThrows(UpstreamException.class, () -> {
            while (stream.read(SOON, new Heard()) != Progress.ENDED) {
                continue;
            }
        });
        closer.join();
        bench.janitor.drain(SOON);
        assertEquals(1, bench.fake.recorder().requests(Endpoint.CHAT_DELETE).size());
    }

    @Test
    void an_upstream_that_only_keeps_alive_is_alive_and_one_that_sends_a_head_alone_is_quiet() throws Exception {
        Duration wait = Duration.ofMillis(300);
        try (var fault = bench.fake.faults().add(StreamFaults.keepAlivesForever(Duration.ofMillis(20)));
                AnswerStream stream = bench.open(Questions.of("hi"))) {
            completion(1);
            Progress progress = Progress.QUIET;
            for (int i = 0; i < 20 && progress == Progress.QUIET; i++) {
                progress = stream.read(wait, new Heard());
            }
            assertEquals(Progress.ALIVE, progress);
        }
        try (var fault = bench.fake.faults().add(StreamFaults.silentAfterHeaders());
                AnswerStream stream = bench.open(Questions.of("hi"))) {
            completion(2);
            for (int i = 0; i < 5; i++) {
                assertEquals(Progress.QUIET, stream.read(wait, new Heard()));
            }
        }
    }

    @Test
    void a_reader_without_patience_takes_only_what_is_here() throws Exception {
        bench.fake.faults().add(WireFaults.silentBeforeHeaders());
        try (AnswerStream stream = bench.open(Questions.of("hi"))) {
            long began = System.nanoTime();
            assertEquals(Progress.QUIET, stream.read(Duration.ZERO, new Heard()));
            assertTrue(System.nanoTime() - began < SOON.toNanos());
        }
    }

    @Test
    void a_stream_that_is_cut_off_is_truncated_after_words_and_broken_before() throws Exception {
        bench.fake.script().otherwise(Answer.empty().chunks("one ", "two ", "three"));
        bench.fake.faults().add(StreamFaults.resetAfterText(2).once());
        assertEquals("text one \ntext two \nfailed TRUNCATED", bench.story(Questions.of("hi")));
        bench.fake.faults().add(StreamFaults.cleanEndWithoutFinished(1).once());
        assertEquals("text one \nfailed TRUNCATED", bench.story(Questions.of("hi")));
        bench.fake.faults().add(WireFaults.resetAtByte(20).once());
        assertEquals("failed BROKEN", bench.story(Questions.of("hi")));
    }

    @Test
    void a_slow_reader_slows_the_upstream_down() throws Exception {
        String[] chunks = Collections.nCopies(1_000, "x".repeat(20_000)).toArray(String[]::new);
        bench.fake.script().queue(Answer.empty().chunks(chunks));
        try (AnswerStream stream = bench.open(Questions.of("hi"))) {
            Completion completion = completion(1);
            assertFalse(completion.awaitTextFrames(chunks.length, A_SECOND), "all was sent unread");
            assertEquals(Outcome.RUNNING, completion.outcome());
            Bench.read(stream, new Heard());
            assertEquals(chunks.length, completion.textFrames());
        }
    }

    @Test
    void cookies_that_the_service_sets_are_told() throws Exception {
        bench.story(Questions.of("hi"));
        assertTrue(bench.cookies.stream().anyMatch(changes -> changes.containsKey("acw_tc")), "no session cookie");
    }

    @Test
    void a_conversation_that_no_document_holds_is_refused_before_anything_is_sent() throws Exception {
        var longer = Questions.of(
                Message.of(Message.Role.USER, "字".repeat(7_000_000)),
                Message.of(Message.Role.ASSISTANT, "ok"),
                Message.of(Message.Role.USER, "on"));
        var refused = assertThrows(UpstreamException.class, () -> bench.open(longer));
        assertEquals(FailureKind.TOO_LONG, refused.failure().kind());
        assertTrue(refused.failure().detail().contains("20971520"), refused.getMessage());
        assertEquals(List.of(), bench.fake.recorder().requests());
        assertEquals("text " + "😀".repeat(3) + "\nfinished STOP", bench.story(Questions.of("echo: 😀😀😀")));
    }

    @Test
    void nobody_at_the_address_is_unreachable() throws Exception {
        try (var closed = new ClosedPort()) {
            var client = bench.client(Bench.settings(closed.baseUrl(), Optional.empty()));
            var channel = bench.channel(client);
            try (AnswerStream stream = channel.open(Questions.of("hi"), bench.account)) {
                var broken = assertThrows(UpstreamException.class, () -> stream.read(SOON, new Heard()));
                assertEquals(FailureKind.UNREACHABLE, broken.failure().kind());
            }
        }
    }
}
