package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.ChatJanitor.ChatLedger.Entry;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops generations whose client has left, and deletes the chats that the gateway created: in the background, two at a
 * time, with the current session of their user. A chat whose user has no valid session is kept until there is one; the
 * ledger keeps it over restarts. Thread-safe; only {@link #drain} blocks.
 */
public final class ChatJanitor {

    private static final Logger LOG = LoggerFactory.getLogger(ChatJanitor.class);
    private static final int AT_ONCE = 2;
    private static final List<Duration> BACK_OFF =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofMinutes(10));
    /** Most chats that wait for their deletion, and most that wait for a session; beyond it the oldest are dropped. */
    private static final int MOST = 5_000;

    private final Dependencies with;
    private final List<Duration> backOff;
    private final Queue<Task> waiting = new ArrayDeque<>();
    private final Queue<Entry> parked = new ArrayDeque<>();
    private Set<String> tokens = Set.of();
    private volatile boolean deletes;
    private int running;
    private int stopping;

    /**
     * What the janitor uses.
     *
     * @param accounts finds the account that a chat belongs to, with its newest session
     * @param nanoTime monotonic nanoseconds, such as {@link System#nanoTime}
     */
    public record Dependencies(
            QwenClient client,
            ChatLedger ledger,
            Function<Entry, Optional<Account>> accounts,
            SessionKeeper sessions,
            Executor executor,
            LongSupplier nanoTime) {}

    /** A chat to delete, after {@code failures} failed attempts. */
    private record Task(Entry entry, int failures) {}

    /** @param deletes whether chats are deleted at all */
    public ChatJanitor(Dependencies dependencies, boolean deletes) {
        this(dependencies, deletes, BACK_OFF);
    }

    ChatJanitor(Dependencies dependencies, boolean deletes, List<Duration> backOff) {
        this.with = dependencies;
        this.backOff = List.copyOf(backOff);
        this.deletes = deletes;
    }

    public void apply(boolean deletesFromNowOn) {
        deletes = deletesFromNowOn;
    }

    /** Enqueues the chats in the ledger of an earlier run. */
    public void resume() {
        if (deletes) {
            with.ledger().leftOver().forEach(entry -> enqueue(new Task(entry, 0)));
        }
    }

    /** Retries the chats that wait for a session, if any account has another token than before. */
    public void sessionsChanged(List<Account> accounts) {
        Set<String> now =
                accounts.stream().map(each -> each.credential().token()).collect(Collectors.toSet());
        synchronized (waiting) {
            if (now.equals(tokens)) {
                return;
            }
            tokens = now;
            parked.forEach(entry -> waiting.add(new Task(entry, 0)));
            parked.clear();
        }
        with.executor().execute(this::begin);
    }

    void created(Account account, String chatId) {
        if (deletes) {
            with.ledger().add(Entry.of(account, chatId));
        }
    }

    void dispose(Account account, String chatId) {
        if (deletes) {
            enqueue(new Task(Entry.of(account, chatId), 0));
        }
    }

    /** Stops the generation, then deletes the chat: one that is generating cannot be deleted. */
    void stopAndDispose(Account account, String chatId, String responseId) {
        byte[] body = WebRequestWriter.stop(chatId, responseId);
        synchronized (waiting) {
            stopping++;
        }
        logged(living(account)
                .thenCompose(alive -> with.client().stop(alive, chatId, body))
                .handleAsync(
                        (reply, broken) -> {
                            if (broken != null) {
                                String why = TransportErrors.of(broken).detail();
                                LOG.debug("[CHAT] {}: a generation was not stopped: {}", account.id(), why);
                            }
                            dispose(account, chatId);
                            return true;
                        },
                        with.executor())
                .whenComplete((done, rejected) -> stopped()));
    }

    private void stopped() {
        synchronized (waiting) {
            stopping--;
            waiting.notifyAll();
        }
    }

    /** Continues on the executor: the JDK resolves a host's name in the thread that sends, which may hold a lock. */
    private CompletableFuture<Account> living(Account account) {
        return CompletableFuture.completedFuture(account).thenComposeAsync(with.sessions()::living, with.executor());
    }

    private static void logged(CompletableFuture<Boolean> step) {
        step.exceptionally(bug -> {
            if (TransportErrors.root(bug) instanceof RejectedExecutionException) {
                LOG.debug("[CHAT] the gateway stops; a chat stays in the ledger");
            } else {
                LOG.error("[CHAT] cleaning up after a chat failed", bug);
            }
            return false;
        });
    }

    private void enqueue(Task task) {
        Task givenUp;
        synchronized (waiting) {
            waiting.add(task);
            givenUp = waiting.size() > MOST ? waiting.poll() : null;
        }
        if (givenUp != null) {
            with.ledger().remove(givenUp.entry());
        }
        begin();
    }

    /** Starts deletions up to the limit of concurrent ones. */
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

    /** Ends on the executor, because immediate failures would recurse without bound. */
    private void run(Task task) {
        Optional<Account> account = with.accounts().apply(task.entry());
        if (account.isEmpty()) {
            park(task.entry());
            release();
            return;
        }
        logged(living(account.get())
                .thenCompose(alive -> delete(alive, task.entry().chatId()))
                .handleAsync(
                        (reply, broken) -> {
                            try {
                                settle(task, reply, broken);
                            } finally {
                                release();
                            }
                            begin();
                            return true;
                        },
                        with.executor()));
    }

    /** Deletes a chat; if the service rejects the token, renews the session and tries once more. */
    private CompletableFuture<HttpResponse<byte[]>> delete(Account account, String chatId) {
        return with.client()
                .delete(account, chatId)
                .thenCompose(reply -> ChatReplies.sessionFailure(reply)
                        .map(dead -> with.sessions()
                                .renewed(account, dead)
                                .thenComposeAsync(alive -> with.client().delete(alive, chatId), with.executor()))
                        .orElseGet(() -> CompletableFuture.completedFuture(reply)));
    }

    private void settle(Task task, @Nullable HttpResponse<byte[]> reply, @Nullable Throwable broken) {
        if (broken == null && reply != null && ChatReplies.isDeleted(reply)) {
            with.ledger().remove(task.entry());
            return;
        }
        LOG.debug(
                "[CHAT] {}: a chat could not be deleted (try {})", task.entry().account(), task.failures() + 1);
        boolean dead = broken != null && TransportErrors.of(broken).kind() == FailureKind.EXPIRED;
        if (dead || task.failures() >= backOff.size()) {
            park(task.entry());
            return;
        }
        long delay = backOff.get(task.failures()).toMillis();
        var again = new Task(task.entry(), task.failures() + 1);
        CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, with.executor())
                .execute(() -> enqueue(again));
    }

    /** Keeps a chat until its user has another session; drops a chat of an unknown user. */
    private void park(Entry entry) {
        Entry givenUp = entry;
        if (entry.user().isPresent() || with.accounts().apply(entry).isPresent()) {
            synchronized (waiting) {
                parked.add(entry);
                givenUp = parked.size() > MOST ? parked.poll() : null;
            }
        }
        if (givenUp != null) {
            with.ledger().remove(givenUp);
        }
    }

    /** Waits for all deletions, at most {@code timeout}; the others stay in the ledger. */
    public void drain(Duration timeout) throws InterruptedException {
        long deadline = with.nanoTime().getAsLong() + timeout.toNanos();
        synchronized (waiting) {
            for (long left = timeout.toMillis(); left > 0 && (running + stopping > 0 || !waiting.isEmpty()); ) {
                waiting.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - with.nanoTime().getAsLong());
            }
        }
    }

    /** Remembers the upstream chats that this gateway created and has yet to delete. Thread-safe, never blocks. */
    public interface ChatLedger {

        /**
         * One chat to delete.
         *
         * @param account the number that the chat's account had when it was created
         * @param user whose chat it is, whatever the number is now; empty where that is not known
         */
        record Entry(AccountId account, Optional<String> user, String chatId) {

            public static Entry of(Account account, String chatId) {
                return new Entry(account.id(), account.credential().userId(), chatId);
            }

            @Override
            public String toString() {
                return "a chat of " + account;
            }
        }

        void add(Entry entry);

        void remove(Entry entry);

        /** What an earlier run left behind. */
        List<Entry> leftOver();
    }
}
