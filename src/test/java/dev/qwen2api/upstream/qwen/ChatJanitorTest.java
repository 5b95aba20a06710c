package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.WireFaults;
import dev.qwen2api.upstream.qwen.ChatJanitor.ChatLedger.Entry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChatJanitorTest {

    private static final Duration SOON = Bench.SOON;

    private Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** A chat that is there, as one of an earlier run is. */
    private String leftOver() throws InterruptedException {
        try (var keeping = new Keeping(bench)) {
            bench.story(Questions.of("hi"));
        }
        List<String> alive = bench.fake.chats().alive(bench.user);
        String chat = alive.get(alive.size() - 1);
        bench.ledger.add(Entry.of(bench.account, chat));
        return chat;
    }

    /** Leaves chats alone for a while. */
    private record Keeping(Bench bench) implements AutoCloseable {
        private Keeping {
            bench.janitor.apply(false);
        }

        @Override
        public void close() {
            bench.janitor.apply(true);
        }
    }

    @Test
    void what_an_earlier_run_left_behind_is_deleted() throws Exception {
        String chat = leftOver();
        bench.janitor.resume();
        assertTrue(bench.fake.recorder().awaitDeleted(chat, SOON));
        bench.janitor.drain(SOON);
        assertEquals(List.of(), bench.ledger.leftOver());
    }

    @Test
    void a_chat_that_could_not_be_deleted_is_tried_again() throws Exception {
        bench.fake.faults().add(Refusals.http500().on(Endpoint.CHAT_DELETE).once());
        bench.fake
                .faults()
                .add(WireFaults.resetBeforeFirstByte().on(Endpoint.CHAT_DELETE).once());
        bench.story(Questions.of("hi"));
        String chat = bench.fake.recorder().awaitCompletion(1, SOON).chatId();
        assertTrue(bench.fake.recorder().awaitDeleted(chat, SOON));
    }

    @Test
    void a_chat_that_cannot_be_deleted_stays_in_the_ledger_after_a_few_tries() throws Exception {
        bench.fake.faults().add(Refusals.wafHtml().on(Endpoint.CHAT_DELETE));
        bench.story(Questions.of("hi"));
        assertTrue(bench.fake.recorder().awaitRequests(Endpoint.CHAT_DELETE, 3, SOON));
        assertFalse(bench.fake.recorder().awaitRequests(Endpoint.CHAT_DELETE, 4, Duration.ofMillis(300)));
        assertEquals(1, bench.ledger.leftOver().size());
    }

    @Test
    void a_chat_that_is_not_there_is_as_good_as_deleted() throws Exception {
        bench.ledger.add(Entry.of(bench.account, "never-was"));
        bench.janitor.resume();
        bench.janitor.drain(SOON);
        assertEquals(List.of(), bench.ledger.leftOver());
        bench.fake.faults().add(Refusals.reply(Reply.of(204, "text/plain", "")).on(Endpoint.CHAT_DELETE));
        bench.ledger.add(Entry.of(bench.account, "gone"));
        bench.janitor.resume();
        bench.janitor.drain(SOON);
        assertEquals(List.of(), bench.ledger.leftOver());
    }

    @Test
    void chats_of_accounts_that_are_gone_are_forgotten_however_many_they_are() throws Exception {
        IntStream.range(0, 50_000)
                .forEach(i -> bench.ledger.add(new Entry(new AccountId(7), Optional.empty(), "chat-" + i)));
        bench.janitor.resume();
        bench.janitor.drain(SOON);
        assertEquals(List.of(), bench.ledger.leftOver());
        assertEquals(List.of(), bench.fake.recorder().requests());
    }

    @Test
    void many_chats_are_deleted_a_few_at_a_time() throws Exception {
        IntStream.range(0, 100).forEach(i -> bench.ledger.add(Entry.of(bench.account, "chat-" + i)));
        bench.janitor.resume();
        bench.janitor.drain(SOON);
        assertEquals(List.of(), bench.ledger.leftOver());
        assertEquals(100, bench.fake.recorder().requests(Endpoint.CHAT_DELETE).size());
        assertTrue(bench.fake.openConnections() <= 2, bench.fake.openConnections() + " connections");
    }

    @Test
    void whoever_keeps_chats_keeps_them() throws Exception {
        bench.close();
        bench = new Bench(false);
        bench.story(Questions.of("hi"));
        bench.janitor.drain(SOON);
        assertEquals(1, bench.fake.chats().count());
        assertEquals(List.of(), bench.ledger.leftOver());
    }

    @Test
    void draining_waits_for_a_stop_and_the_deletion_behind_it() throws Exception {
        bench.fake.script().otherwise(Answer.text("late").delay(Duration.ofSeconds(20)));
        var stream = bench.open(Questions.of("hi"));
        String chat = bench.fake.recorder().awaitCompletion(1, SOON).chatId();
        stream.close();
        bench.janitor.drain(SOON);
        assertEquals(List.of(chat), bench.fake.recorder().stopsSeen());
        assertTrue(bench.fake.recorder().deleted().contains(chat));
    }

    @Test
    void of_more_chats_than_can_be_deleted_the_oldest_are_forgotten() {
        bench.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.CHAT_DELETE));
        for (int i = 0; i < 5_100; i++) {
            bench.ledger.add(Entry.of(bench.account, "chat-" + i));
            bench.janitor.dispose(bench.account, "chat-" + i);
        }
        List<String> left = bench.ledger.leftOver().stream().map(Entry::chatId).toList();
        assertEquals(5_002, left.size(), "two are under way");
        assertTrue(left.containsAll(List.of("chat-0", "chat-1", "chat-100", "chat-5099")));
        assertFalse(left.contains("chat-2"));
    }

    /** The JDK resolves the name of a host in the thread that sends a request to it. */
    @Test
    void neither_the_thread_of_time_limits_nor_that_of_a_request_sends_what_cleans_up_after_it() throws Exception {
        bench.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.STOP));
        var senders = new CopyOnWriteArrayList<Thread>();
        QwenClient client = bench.impatient(Duration.ofMillis(300));
        Function<Account, Optional<Account>> noting = account -> {
            senders.add(Thread.currentThread());
            return Optional.of(account);
        };
        var sessions = new SessionKeeper(client, bench.registry, noting, Clock.systemUTC(), bench.threads);
        var janitor = new ChatJanitor(
                new ChatJanitor.Dependencies(
                        client,
                        bench.ledger,
                        chat -> Optional.of(bench.account),
                        sessions,
                        bench.threads,
                        System::nanoTime),
                true);

        janitor.stopAndDispose(bench.account, "chat", "");
        janitor.drain(SOON);

        assertEquals(1, bench.fake.recorder().requests(Endpoint.CHAT_DELETE).size());
        assertEquals(2, senders.size(), senders.toString());
        assertFalse(senders.contains(Thread.currentThread()), senders.toString());
        assertFalse(senders.toString().toLowerCase(Locale.ROOT).contains("delayscheduler"), senders.toString());
    }

    @Test
    void draining_ends_when_its_time_is_over() throws Exception {
        bench.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.CHAT_DELETE));
        bench.story(Questions.of("hi"));
        long began = System.nanoTime();
        bench.janitor.drain(Duration.ofMillis(200));
        assertTrue(Duration.ofNanos(System.nanoTime() - began).compareTo(SOON) < 0);
        assertEquals(1, bench.ledger.leftOver().size());
    }
}
