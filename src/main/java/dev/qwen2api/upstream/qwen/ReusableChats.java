package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Chats whose answer the client has as the service has it, so that the conversation can go on in them, as in the web
 * app. Each is found by the fingerprint of its conversation, answer included, and used by one request at a time. They
 * are disposed of after a time of rest, and when the gateway closes. Kept in memory, bounded, thread-safe.
 */
final class ReusableChats {

    private static final int MOST = 1_000;

    private final ChatJanitor janitor;
    private final Clock clock;
    private final Executor executor;
    private final Map<String, Chat> byFingerprint = new LinkedHashMap<>();
    private Duration rest;
    private boolean closed;
    private boolean sweeping;

    /**
     * A chat that waits for the next message.
     *
     * @param until when it is deleted unless a request continues it
     */
    record Chat(Account account, Prompt.Continued place, Instant until) {}

    /**
     * A chat that one request has for itself.
     *
     * @param messages how many messages of the conversation it has
     */
    record Found(Chat chat, int messages) {}

    /** @param rest how long chats are kept; zero keeps none */
    ReusableChats(ChatJanitor janitor, Clock clock, Executor executor, Duration rest) {
        this.janitor = janitor;
        this.clock = clock;
        this.executor = executor;
        this.rest = rest;
    }

    /** Keeps chats so long from now on; zero disposes of all. */
    synchronized void apply(Duration newRest) {
        rest = newRest;
        if (rest.isZero()) {
            disposeOlderThan(Instant.MAX);
        }
    }

    synchronized boolean isOn() {
        return !rest.isZero() && !closed;
    }

    /** The account whose chat can go on with the conversation. */
    synchronized Optional<AccountId> account(ConversationFingerprint conversation) {
        return find(conversation).map(found -> found.chat().account().id());
    }

    /** Takes the chat with the longest beginning of the conversation, if that user has it. */
    synchronized Optional<Found> take(ConversationFingerprint conversation, Account account) {
        Optional<Found> found = find(conversation)
                .filter(each -> each.chat()
                        .account()
                        .credential()
                        .userId()
                        .equals(account.credential().userId()));
        found.ifPresent(each -> byFingerprint.remove(conversation.of(each.messages())));
        return found;
    }

    private Optional<Found> find(ConversationFingerprint conversation) {
        if (byFingerprint.isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        for (int messages = conversation.size() - 1; messages > 0; messages--) {
            Chat chat = byFingerprint.get(conversation.of(messages));
            if (chat != null) {
                if (chat.until().isAfter(now)) {
                    return Optional.of(new Found(chat, messages));
                }
                disposeOlderThan(now);
            }
        }
        return Optional.empty();
    }

    /** When a chat that is used now is disposed of, unless it is used again. */
    synchronized Instant until(Instant end) {
        Instant rested = clock.instant().plus(rest);
        return end.isBefore(rested) ? end : rested;
    }

    /** Keeps a chat for the request that goes on from this fingerprint. */
    synchronized void offer(String fingerprint, Chat chat) {
        Instant now = clock.instant();
        if (!isOn() || !chat.until().isAfter(now)) {
            dispose(chat);
            return;
        }
        Chat older = byFingerprint.remove(fingerprint);
        if (older != null) {
            dispose(older);
        }
        if (byFingerprint.size() >= MOST) {
            Iterator<Chat> oldest = byFingerprint.values().iterator();
            dispose(oldest.next());
            oldest.remove();
        }
        byFingerprint.put(fingerprint, chat);
        sweepLater();
    }

    private void sweepLater() {
        if (!sweeping && !byFingerprint.isEmpty() && !closed) {
            sweeping = true;
            Instant first = byFingerprint.values().iterator().next().until();
            long delay =
                    Math.max(1_000, Duration.between(clock.instant(), first).toMillis());
            CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, executor)
                    .execute(this::sweep);
        }
    }

    /** Disposes of the chats whose time of rest is over. */
    synchronized void sweep() {
        sweeping = false;
        disposeOlderThan(clock.instant());
        sweepLater();
    }

    private void disposeOlderThan(Instant now) {
        byFingerprint.values().removeIf(chat -> {
            boolean over = !chat.until().isAfter(now);
            if (over) {
                dispose(chat);
            }
            return over;
        });
    }

    private void dispose(Chat chat) {
        janitor.dispose(chat.account(), chat.place().chatId());
    }

    /** Disposes of all chats; none is kept any more. */
    synchronized void close() {
        closed = true;
        disposeOlderThan(Instant.MAX);
    }
}
