package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The chats that exist. Safe for use by several threads. */
public final class Chats {
    private final Clock clock;
    private final Recorder recorder;
    private final ConcurrentMap<String, Chat> byId = new ConcurrentHashMap<>();

    Chats(Clock clock, Recorder recorder) {
        this.clock = clock;
        this.recorder = recorder;
    }

    /** The ids of an account's chats. */
    public List<String> alive(String userId) {
        return byId.values().stream()
                .filter(chat -> chat.owner().equals(userId))
                .map(Chat::id)
                .toList();
    }

    /** How many chats there are in all. */
    public int count() {
        return byId.size();
    }

    /** Whether a generation holds the chat. */
    public boolean busy(String chatId) {
        return Optional.ofNullable(byId.get(chatId)).flatMap(Chat::running).isPresent();
    }

    /** Everything that the model reads for a prompt: the chat's questions and answers up to it, and its own text. */
    public List<String> seen(Prompt prompt) {
        var texts = new ArrayList<String>();
        find(prompt.userId(), prompt.chatId())
                .ifPresent(chat -> prompt.parentId().ifPresent(parent -> texts.addAll(chat.path(parent))));
        texts.add(prompt.text());
        return texts;
    }

    /** Deletes a chat behind the client's back. */
    public void forget(String chatId) {
        byId.remove(chatId);
    }

    /** Deletes all chats behind the client's back. */
    public void forgetAll() {
        byId.clear();
    }

    Chat create(String userId, JsonNode request) {
        Chat chat = new Chat(Ids.uuid(), userId, clock.instant(), request);
        byId.put(chat.id(), chat);
        return chat;
    }

    /** A chat, if it exists and is the account's own. */
    Optional<Chat> find(String userId, String chatId) {
        return Optional.ofNullable(byId.get(chatId)).filter(chat -> chat.owner().equals(userId));
    }

    List<Chat> of(String userId) {
        return byId.values().stream()
                .filter(chat -> chat.owner().equals(userId))
                .sorted((a, b) -> b.createdAt().compareTo(a.createdAt()))
                .toList();
    }

    boolean delete(String userId, String chatId) {
        Optional<Chat> chat = find(userId, chatId);
        chat.ifPresent(found -> {
            byId.remove(chatId);
            found.running().ifPresent(generation -> {
                generation.stop();
                found.end(generation);
            });
            recorder.chatDeleted(chatId);
        });
        return chat.isPresent();
    }
}
