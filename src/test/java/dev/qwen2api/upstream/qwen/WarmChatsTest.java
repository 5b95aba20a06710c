package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WarmChatsTest {

    private static final Duration SOON = Bench.SOON;

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void ask(String words) throws InterruptedException {
        bench.fake.script().queue(Answer.text("Yes."));
        assertTrue(bench.story(Questions.of(words)).contains("Yes."), words);
    }

    private int created() {
        return bench.fake.recorder().requests(Endpoint.CHATS_NEW).size();
    }

    private String chatOf(int completion) {
        return bench.fake.recorder().awaitCompletion(completion, SOON).chatId();
    }

    /** The only chat that is not deleted, once the one of the answer is. */
    private String waiting(String used) throws InterruptedException {
        assertTrue(bench.fake.recorder().awaitDeleted(used, SOON));
        bench.janitor.drain(SOON);
        List<String> alive = bench.fake.chats().alive(bench.user);
        assertEquals(1, alive.size(), "chats that wait");
        assertEquals(1, bench.ledger.leftOver().size(), "chats in the ledger");
        return alive.get(0);
    }

    @Test
    void nothing_is_made_ahead_unless_the_owner_wants_it() throws Exception {
        ask("one");
        assertTrue(bench.fake.recorder().awaitDeleted(chatOf(1), SOON));
        bench.janitor.drain(SOON);
        assertEquals(1, created());
        assertEquals(List.of(), bench.ledger.leftOver());
    }

    @Test
    void the_next_question_is_asked_in_the_chat_that_waits() throws Exception {
        bench.channel.prewarm(true);
        ask("one");
        String ahead = waiting(chatOf(1));
        ask("two");
        assertEquals(ahead, chatOf(2));
        assertNotEquals(ahead, waiting(ahead));
        assertEquals(3, created());
    }

    @Test
    void a_chat_for_another_model_is_of_no_use_and_goes() throws Exception {
        bench.channel.prewarm(true);
        ask("one");
        String ahead = waiting(chatOf(1));
        bench.fake.script().queue(Answer.text("Yes."));
        bench.story(Questions.about("qwen3-max", "two"));
        assertNotEquals(ahead, chatOf(2));
        assertTrue(bench.fake.recorder().awaitDeleted(ahead, SOON));
    }

    @Test
    void a_chat_that_is_gone_by_then_is_made_anew() throws Exception {
        bench.channel.prewarm(true);
        ask("one");
        String ahead = waiting(chatOf(1));
        bench.fake.chats().forget(ahead);
        ask("two");
        assertNotEquals(
                ahead,
                bench.fake.recorder().completions().stream()
                        .reduce((older, newer) -> newer)
                        .orElseThrow()
                        .chatId());
    }

    @Test
    void a_chat_that_waited_too_long_is_not_used() {
        var clock = new MovableClock();
        var warm = new PrewarmedChats(bench.client, bench.janitor, clock);
        warm.apply(true);
        warm.prepare(bench.account, Questions.prompt("one"));
        assertTrue(bench.fake.recorder().awaitRequests(Endpoint.CHATS_NEW, 1, SOON));
        String ahead = awaitInLedger();
        clock.advance(Duration.ofMinutes(31));
        assertEquals(Optional.empty(), warm.take(bench.account, Questions.prompt("two")));
        assertTrue(bench.fake.recorder().awaitDeleted(ahead, SOON));
    }

    @Test
    void a_chat_of_another_user_is_not_used_whatever_number_that_user_has_now() {
        var warm = new PrewarmedChats(bench.client, bench.janitor, new MovableClock());
        warm.apply(true);
        warm.prepare(bench.account, Questions.prompt("one"));
        String ahead = awaitInLedger();
        assertEquals(Optional.empty(), warm.take(TestAccounts.account(1), Questions.prompt("two")));
        assertTrue(bench.fake.recorder().awaitDeleted(ahead, SOON));
    }

    private String awaitInLedger() {
        long end = System.nanoTime() + SOON.toNanos();
        while (bench.ledger.leftOver().isEmpty() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return bench.ledger.leftOver().get(0).chatId();
    }

    @Test
    void nothing_is_left_behind_when_it_is_turned_off() throws Exception {
        bench.channel.prewarm(true);
        ask("one");
        String ahead = waiting(chatOf(1));
        bench.channel.prewarm(false);
        bench.janitor.drain(SOON);
        assertTrue(bench.fake.recorder().awaitDeleted(ahead, SOON));
        assertEquals(List.of(), bench.ledger.leftOver());
    }

    @Test
    void the_end_waits_for_a_chat_that_is_just_being_made() throws Exception {
        bench.channel.prewarm(true);
        ask("one");
        bench.channel.prewarm(false);
        bench.janitor.drain(SOON);
        assertEquals(List.of(), bench.fake.chats().alive(bench.user));
        assertEquals(List.of(), bench.ledger.leftOver());
    }

    @Test
    void a_chat_that_cannot_be_made_ahead_harms_nobody() throws Exception {
        bench.channel.prewarm(true);
        bench.fake.script().queue(Answer.text("Yes."));
        try (var stream = bench.open(Questions.of("one"))) {
            Bench.read(stream, new Heard());
            bench.fake.faults().add(Refusals.http500().on(Endpoint.CHATS_NEW).once());
        }
        bench.janitor.drain(SOON);
        ask("two");
    }
}
