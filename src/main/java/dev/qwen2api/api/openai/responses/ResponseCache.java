package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An LRU cache of the responses of this process. A client sees the responses of its own key alone, and where room is
 * needed, the owner who holds most gives it: no key's responses are pushed out by another key's flood. Thread-safe.
 */
public final class ResponseCache {

    /** A response heavier than this part of the cache is not stored: it would evict too many others. */
    private static final int SHARE = 4;

    private final Capacity capacity;
    private final Map<String, Share> shares = new HashMap<>();
    private int responses;
    private long weight;

    /**
     * How much the cache holds.
     *
     * @param responses most responses
     * @param characters most characters in all of them together
     */
    public record Capacity(int responses, long characters) {}

    /**
     * A finished response.
     *
     * @param id its name
     * @param body the whole response object as JSON
     * @param messages the conversation up to its end, without the instructions
     */
    public record StoredResponse(String id, String body, List<Message> messages) {

        /** What a message, a part or a call takes beside its text, in characters: empty ones take memory too. */
        private static final int EACH = 64;

        public StoredResponse {
            messages = List.copyOf(messages);
        }

        /** Its size in characters. Messages that it shares with earlier responses count again. */
        long weight() {
            return body.length()
                    + messages.stream().mapToLong(StoredResponse::weight).sum();
        }

        private static long weight(Message message) {
            return EACH * (1L + message.parts().size())
                    + message.text().length()
                    + Media.in(message).stream().mapToLong(Media::weight).sum()
                    + message.calls().stream()
                            .mapToLong(call -> EACH
                                    + call.id().length()
                                    + call.name().length()
                                    + call.arguments().length())
                            .sum();
        }

        /** Leaves the conversation out of logs. */
        @Override
        public String toString() {
            return "StoredResponse[" + id + "]";
        }
    }

    private record Entry(StoredResponse response, long weight) {}

    /** What one owner holds, the entry that was used longest ago first. */
    private static final class Share {
        private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
        private long weight;

        private double part(Capacity capacity) {
            return Math.max((double) entries.size() / capacity.responses(), (double) weight / capacity.characters());
        }
    }

    public ResponseCache(Capacity capacity) {
        this.capacity = capacity;
    }

    /**
     * The part of the cache that belongs to one client.
     *
     * @param owner the fingerprint of the client's key
     */
    public OwnedResponses ownedBy(String owner) {
        return new OwnedResponses(owner);
    }

    /** The responses of one client. Thread-safe. */
    public final class OwnedResponses {

        private final String owner;

        private OwnedResponses(String owner) {
            this.owner = owner;
        }

        /** Stores a response, if it is not too long for that. */
        public void put(StoredResponse response) {
            ResponseCache.this.put(owner, new Entry(response, response.weight()));
        }

        /** The response of this id, if it is stored and this client's. */
        public Optional<StoredResponse> find(String id) {
            return ResponseCache.this.find(owner, id);
        }

        /** Removes a response; returns whether it was stored and this client's. */
        public boolean remove(String id) {
            return ResponseCache.this.remove(owner, id);
        }
    }

    private synchronized void put(String owner, Entry entry) {
        if (entry.weight() > capacity.characters() / SHARE) {
            return;
        }
        remove(owner, entry.response().id());
        Share share = shares.computeIfAbsent(owner, unknown -> new Share());
        share.entries.put(entry.response().id(), entry);
        account(share, 1, entry.weight());
        while (responses > capacity.responses() || weight > capacity.characters()) {
            evict();
        }
    }

    private void evict() {
        Share largest = Collections.max(shares.values(), Comparator.comparingDouble(share -> share.part(capacity)));
        Iterator<Entry> eldest = largest.entries.values().iterator();
        Entry gone = eldest.next();
        eldest.remove();
        account(largest, -1, -gone.weight());
        shares.values().removeIf(share -> share.entries.isEmpty());
    }

    private synchronized Optional<StoredResponse> find(String owner, String id) {
        Share share = shares.get(owner);
        return Optional.ofNullable(share == null ? null : share.entries.get(id)).map(Entry::response);
    }

    private synchronized boolean remove(String owner, String id) {
        Share share = shares.get(owner);
        Entry gone = share == null ? null : share.entries.remove(id);
        if (share == null || gone == null) {
            return false;
        }
        account(share, -1, -gone.weight());
        if (share.entries.isEmpty()) {
            shares.remove(owner);
        }
        return true;
    }

    private void account(Share share, int count, long characters) {
        responses += count;
        weight += characters;
        share.weight += characters;
    }
}
