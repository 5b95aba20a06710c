package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.upstream.qwen.ChatLedger.Entry;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after answers: stops generations that nobody reads any more, and deletes the chats that the gateway
 * created, two at a time, in the background. What could not be deleted stays in the ledger for the next start.
 * Thread-safe; nothing here blocks but {@link #drain}.
 */
public final class ChatJanitor {

    private static final Logger LOG = LoggerFactory.getLogger(ChatJanitor.class);
    private static final int AT_ONCE = 2;
    private static final List<Duration> BACK_OFF =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMinutes(10));

    private final QwenClient client;
    private final ChatLedger ledger;
    private final Function<Entry, Optional<Account>> accounts;
    private final Executor executor;
    private final LongSupplier ticker;
    private final List<Duration> backOff;
    private final Queue<Task> waiting = new ArrayDeque<>();
    private volatile boolean deletes;
    private int running;
    private int expected;

    /** A chat to delete, after {@code failures} vain tries. */
    private record Task(Entry entry, int failures) {}

    /**
     * A janitor with nothing to do yet.
     *
     * @param accounts finds the account that a chat belongs to, with its newest session
     * @param deletes whether chats are deleted at all
     * @param ticker monotonic nanoseconds, such as {@link System#nanoTime}
     */
    public ChatJanitor(
            QwenClient client,
            ChatLedger ledger,
            Function<Entry, Optional<Account>> accounts,
            Executor executor,
            boolean deletes,
            LongSupplier ticker) {
        this(client, ledger, accounts, executor, deletes, ticker, BACK_OFF);
    }

    ChatJanitor(
            QwenClient client,
            ChatLedger ledger,
            Function<Entry, Optional<Account>> accounts,
            Executor executor,
            boolean deletes,
            LongSupplier ticker,
            List<Duration> backOff) {
        this.ticker = ticker;
        this.backOff = List.copyOf(backOff);
        this.client = client;
        this.ledger = ledger;
        this.accounts = accounts;
        this.executor = executor;
        this.deletes = deletes;
    }

    public void apply(boolean deletesFromNowOn) {
        deletes = deletesFromNowOn;
    }

    /** Whether chats are deleted at all. */
    boolean deletes() {
        return deletes;
    }

    /** Takes up what an earlier run left behind. */
    public void resume() {
        if (deletes) {
            ledger.leftOver().forEach(entry -> enqueue(new Task(entry, 0)));
        }
    }

    void created(Account account, String chatId) {
        if (deletes) {
            ledger.add(Entry.of(account, chatId));
        }
    }

    void dispose(Account account, String chatId) {
        if (deletes) {
            enqueue(new Task(Entry.of(account, chatId), 0));
        }
    }

    /** Goes on when the reply is there, in whichever thread brings it, and lets {@link #drain} wait for that. */
    void expect(
            CompletableFuture<HttpResponse<byte[]>> call,
            BiConsumer<@Nullable HttpResponse<byte[]>, @Nullable Throwable> then) {
        synchronized (waiting) {
            expected++;
        }
        afterwards(call, (reply, broken) -> {
            try {
                then.accept(reply, broken);
            } finally {
                synchronized (waiting) {
                    expected--;
                    waiting.notifyAll();
                }
            }
        });
    }

    /** Stops the generation at once; the chat goes after it, because a running one cannot be deleted. */
    void stopAndDispose(Account account, String chatId, String responseId) {
        expect(client.stop(account, chatId, WebRequestWriter.stop(chatId, responseId)), (reply, broken) -> {
            if (broken != null) {
                LOG.debug(
                        "[CHAT] {}: a generation was not stopped: {}",
                        account.id(),
                        TransportErrors.of(broken).detail());
            }
            dispose(account, chatId);
        });
    }

    /** Goes on when the reply is there, in whichever thread brings it. */
    private static void afterwards(
            CompletableFuture<HttpResponse<byte[]>> call,
            BiConsumer<@Nullable HttpResponse<byte[]>, @Nullable Throwable> then) {
        call.handle((reply, broken) -> {
                    then.accept(reply, broken);
                    return true;
                })
                .exceptionally(bug -> {
                    LOG.error("[CHAT] the care for chats failed", bug);
                    return false;
                });
    }

    private void enqueue(Task task) {
        synchronized (waiting) {
            waiting.add(task);
        }
        begin();
    }

    /** Begins as many deletions as may run at once. */
    private void begin() {
        for (Task task = claim(); task != null; task = claim()) {
            run(task);
        }
    }

    private @Nullable Task claim() {
        synchronized (waiting) {
            Task task = running < AT_ONCE ? waiting.poll() : null;
            running += task == null ? 0 : 1;
            return task;
        }
    }

    private void release() {
        synchronized (waiting) {
            running--;
            waiting.notifyAll();
        }
    }

    private void run(Task task) {
        Optional<Account> account = accounts.apply(task.entry());
        if (account.isEmpty()) {
            ledger.remove(task.entry());
            release();
            return;
        }
        afterwards(client.delete(account.get(), task.entry().chatId()), (reply, broken) -> {
            try {
                settle(task, reply, broken);
            } finally {
                release();
            }
            begin();
        });
    }

    private void settle(Task task, @Nullable HttpResponse<byte[]> reply, @Nullable Throwable broken) {
        if (broken == null && reply != null && ChatReplies.isDeleted(reply)) {
            ledger.remove(task.entry());
            return;
        }
        LOG.debug(
                "[CHAT] {}: a chat could not be deleted (try {})", task.entry().account(), task.failures() + 1);
        if (task.failures() < backOff.size()) {
            long delay = backOff.get(task.failures()).toMillis();
            var again = new Task(task.entry(), task.failures() + 1);
            CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, executor)
                    .execute(() -> enqueue(again));
        }
    }

    /** Waits until nothing is left to do, at most for {@code patience}; what is left then stays in the ledger. */
    public void drain(Duration patience) throws InterruptedException {
        long deadline = ticker.getAsLong() + patience.toNanos();
        synchronized (waiting) {
            for (long left = patience.toMillis(); left > 0 && busy(); ) {
                waiting.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - ticker.getAsLong());
            }
        }
    }

    private boolean busy() {
        return running > 0 || expected > 0 || !waiting.isEmpty();
    }
}
