package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chats that are created ahead, at most one for each account and for the model it was last asked for, so that the next
 * question need not wait for one. They stand in the ledger like any other, so none is left behind; without the
 * janitor's deletions none is made. Thread-safe; nothing here blocks.
 */
final class PrewarmedChats {

    private static final Logger LOG = LoggerFactory.getLogger(PrewarmedChats.class);

    /** How long the service keeps an empty chat is not known; nobody was seen to lose one within an hour (2026-09). */
    private static final Duration FRESH = Duration.ofMinutes(30);

    private final QwenClient client;
    private final ChatJanitor janitor;
    private final Clock clock;
    private final Map<AccountId, Chat> ready = new HashMap<>();
    private final Set<AccountId> underWay = new HashSet<>();
    private boolean wanted;

    /** What a chat is made for; one made for another model or kind of answer, or by another user, is of no use. */
    private record Purpose(String model, String chatType) {
        static Purpose of(Prompt prompt) {
            return new Purpose(prompt.question().model(), prompt.chatType());
        }
    }

    private record Chat(Account account, String id, Purpose purpose, Instant born) {}

    PrewarmedChats(QwenClient client, ChatJanitor janitor, Clock clock) {
        this.client = client;
        this.janitor = janitor;
        this.clock = clock;
    }

    /** Whether chats are made ahead from now on; those that are not wanted any more are given to the janitor. */
    void apply(boolean wantedFromNowOn) {
        List<Chat> unwanted = List.of();
        synchronized (this) {
            wanted = wantedFromNowOn;
            if (!wanted) {
                unwanted = List.copyOf(ready.values());
                ready.clear();
            }
        }
        unwanted.forEach(this::dispose);
    }

    /**
     * The chat for {@code prompt}, which is the caller's from now on. One that does not fit is given to the janitor.
     */
    Optional<String> take(Account account, Prompt prompt) {
        Chat chat;
        synchronized (this) {
            chat = ready.remove(account.id());
        }
        if (chat == null) {
            return Optional.empty();
        }
        boolean fresh = chat.born().plus(FRESH).isAfter(clock.instant());
        boolean theirs =
                chat.account().credential().userId().equals(account.credential().userId());
        if (fresh && theirs && chat.purpose().equals(Purpose.of(prompt))) {
            return Optional.of(chat.id());
        }
        dispose(chat);
        return Optional.empty();
    }

    /** Makes a chat for a further question like {@code prompt}, in the background. */
    void prepare(Account account, Prompt prompt) {
        if (!janitor.deletes() || !begin(account.id())) {
            return;
        }
        janitor.expect(
                client.newChat(account, WebRequestWriter.newChat(prompt, clock.instant())),
                (reply, broken) -> arrived(account, Purpose.of(prompt), reply));
    }

    private synchronized boolean begin(AccountId account) {
        return wanted && !ready.containsKey(account) && underWay.add(account);
    }

    private void arrived(Account account, Purpose purpose, @Nullable HttpResponse<byte[]> reply) {
        Optional<String> id = reply == null ? Optional.empty() : ChatReplies.newId(reply.body());
        id.ifPresent(chat -> janitor.created(account, chat));
        Optional<Chat> made = id.map(chat -> new Chat(account, chat, purpose, clock.instant()));
        boolean unwanted;
        synchronized (this) {
            underWay.remove(account.id());
            unwanted = !wanted;
            if (!unwanted) {
                made.ifPresent(chat -> ready.put(account.id(), chat));
            }
        }
        if (unwanted) {
            made.ifPresent(this::dispose);
        }
        if (made.isEmpty()) {
            // Nobody waits for it, and the next question makes its own and learns what is wrong.
            LOG.debug("[CHAT] {}: no chat could be made ahead", account.id());
        }
    }

    private void dispose(Chat chat) {
        janitor.dispose(chat.account(), chat.id());
    }
}
