package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.Text;
import dev.qwen2api.chat.Message.ToolCall;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.upstream.qwen.ChatJanitor.ChatLedger.Entry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long chats wait for the next message, and which conversations are the same. */
@Timeout(60)
class ReusableChatsTest {

    private static final Duration REST = Duration.ofMinutes(30);

    private final Bench bench = new Bench();
    private final MovableClock clock = new MovableClock();

    @AfterEach
    void close() {
        bench.close();
    }

    private ReusableChats chats(Clock time, Duration rest) {
        return new ReusableChats(bench.janitor, time, bench.threads, rest);
    }

    /** Offers a chat that was created, and that documents let end at that time. */
    private void offer(ReusableChats chats, String id, ResolvedConversation conversation, Instant end) {
        bench.ledger.add(Entry.of(bench.account, id));
        var place = new Prompt.Continued(id, "parent", "boundary", end);
        var chat = new ReusableChats.Chat(bench.account, place, chats.until(end));
        var fingerprint = new ConversationFingerprint(conversation);
        chats.offer(fingerprint.of(fingerprint.size()), chat);
    }

    private List<String> waiting() {
        return bench.ledger.leftOver().stream().map(Entry::chatId).sorted().toList();
    }

    private void assertWaiting(String... ids) throws InterruptedException {
        bench.janitor.drain(Bench.SOON);
        assertEquals(List.of(ids), waiting());
    }

    private static Message user(String text) {
        return Message.of(Role.USER, text);
    }

    @Test
    void a_chat_is_deleted_when_its_time_of_rest_is_over_and_not_before() throws Exception {
        ReusableChats chats = chats(clock, REST);
        offer(chats, "early", Questions.of("one"), Instant.MAX);
        clock.advance(Duration.ofMinutes(10));
        offer(chats, "late", Questions.of("two"), Instant.MAX);
        clock.advance(Duration.ofMinutes(20).minusSeconds(1));
        chats.sweep();
        assertWaiting("early", "late");
        clock.advance(Duration.ofSeconds(1));
        chats.sweep();
        assertWaiting("late");
        clock.advance(Duration.ofMinutes(10));
        chats.sweep();
        assertWaiting();
        assertEquals(2, bench.fake.recorder().requests(Endpoint.CHAT_DELETE).size());
    }

    @Test
    void a_chat_that_is_over_is_not_found_even_if_nothing_has_swept_it() throws Exception {
        ReusableChats chats = chats(clock, REST);
        offer(chats, "chat", Questions.of("one"), Instant.MAX);
        var next = new ConversationFingerprint(Questions.of(user("one"), user("two")));
        assertEquals(Optional.of(new AccountId(1)), chats.account(next));
        clock.advance(REST);
        assertEquals(Optional.empty(), chats.account(next));
        assertEquals(Optional.empty(), chats.take(next, bench.account));
        assertWaiting();
    }

    @Test
    void a_chat_with_documents_is_deleted_when_they_expire() throws Exception {
        ReusableChats chats = chats(clock, REST);
        offer(chats, "chat", Questions.of("one"), clock.instant().plusSeconds(600));
        clock.advance(Duration.ofSeconds(600));
        chats.sweep();
        assertWaiting();
    }

    @Test
    void a_chat_that_was_taken_is_no_longer_deleted_by_time() throws Exception {
        ReusableChats chats = chats(clock, REST);
        offer(chats, "chat", Questions.of("one"), Instant.MAX);
        var next = new ConversationFingerprint(Questions.of(user("one"), user("two")));
        assertTrue(chats.take(next, bench.account).isPresent());
        assertEquals(Optional.empty(), chats.take(next, bench.account), "one request has it for itself");
        clock.advance(REST);
        chats.sweep();
        assertWaiting("chat");
    }

    @Test
    void chats_are_deleted_by_a_timer_when_no_request_comes_any_more() throws Exception {
        ReusableChats chats = chats(Clock.systemUTC(), Duration.ofMillis(100));
        offer(chats, "chat", Questions.of("one"), Instant.MAX);
        assertTrue(bench.fake.recorder().awaitRequests(Endpoint.CHAT_DELETE, 1, Bench.SOON));
        assertWaiting();
    }

    @Test
    void closing_and_turning_reuse_off_delete_what_waits_and_keep_nothing_more() throws Exception {
        ReusableChats chats = chats(clock, REST);
        offer(chats, "one", Questions.of("one"), Instant.MAX);
        chats.apply(Duration.ZERO);
        assertWaiting();
        offer(chats, "two", Questions.of("two"), Instant.MAX);
        assertWaiting();
        chats.apply(REST);
        offer(chats, "three", Questions.of("three"), Instant.MAX);
        assertWaiting("three");
        chats.close();
        assertWaiting();
        offer(chats, "four", Questions.of("four"), Instant.MAX);
        assertWaiting();
    }

    @Test
    void a_chat_is_in_the_ledger_from_its_creation_until_it_is_deleted() throws Exception {
        var ledgers = new CopyOnWriteArrayList<List<String>>();
        bench.fake.script().when(prompt -> true, prompt -> {
            ledgers.add(waiting());
            return Answer.text("well");
        });
        ResolvedConversation question = Questions.of("hi").by("client");
        try (AnswerStream stream = bench.open(question)) {
            Bench.read(stream, new Heard());
            stream.delivered(Message.of(Role.ASSISTANT, "well"));
        }
        String chat = bench.fake.recorder().completions().get(0).chatId();
        assertEquals(List.of(List.of(chat)), ledgers);
        assertWaiting(chat);
        assertEquals(0, bench.fake.recorder().requests(Endpoint.CHAT_DELETE).size());
        // as the next process does after a crash
        bench.janitor.resume();
        assertWaiting();
        assertTrue(bench.fake.recorder().deleted().contains(chat));
    }

    private static Message assistant(String text, ToolCall... calls) {
        return new Message(Role.ASSISTANT, List.of(new Text(text)), List.of(calls), "");
    }

    private static Message result(String callId) {
        return new Message(Role.TOOL, List.of(new Text("done")), List.of(), callId);
    }

    private static String fingerprint(Message... messages) {
        var all = new ConversationFingerprint(
                Questions.of(Questions.conversation(AnswerFormat.TEXT, List.of(), messages)));
        return all.of(all.size());
    }

    private static final Message ONE = assistant("", new ToolCall("a", "Bash", "{\"x\":1,\"y\":2}"));

    @Test
    void what_clients_change_about_an_answer_makes_no_difference() {
        String known = fingerprint(user("hi"), ONE, result("a"));
        assertEquals(
                known,
                fingerprint(
                        user("hi"), assistant("\n", new ToolCall("b", "Bash", "{ \"y\": 2, \"x\": 1}")), result("b")));
    }

    @Test
    void what_the_model_reads_in_another_way_is_another_conversation() {
        String known = fingerprint(user("hi"), ONE, result("a"));
        assertNotEquals(known, fingerprint(user("hi "), ONE, result("a")), "a blank of the user's");
        assertNotEquals(
                known,
                fingerprint(user("hi"), assistant("", new ToolCall("a", "Bash", "{\"x\":1}")), result("a")),
                "other arguments");
        assertNotEquals(known, fingerprint(user("hi"), ONE, result("0")), "a result of no call that is known");
        assertNotEquals(known, fingerprint(user("hi"), ONE), "no result");
        var picture = new Media(Media.MediaType.IMAGE, new Media.Remote("https://e.org/a.png"), "a.png", "messages");
        Message before = new Message(Role.USER, List.of(picture, new Text("hi")), List.of(), "");
        Message behind = new Message(Role.USER, List.of(new Text("hi"), picture), List.of(), "");
        assertNotEquals(fingerprint(before), fingerprint(behind), "the place of a picture");
    }
}
