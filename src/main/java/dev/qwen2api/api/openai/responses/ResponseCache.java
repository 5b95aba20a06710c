package dev.qwen2api.api.openai.responses;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An LRU cache of the responses of this process. A client sees the responses of its own key alone. Thread-safe.
 */
public final class ResponseCache {

    /** A response heavier than this part of the cache is not stored: it would evict too many others. */
    private static final int SHARE = 4;

    private final Capacity capacity;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    /**
     * How much the cache holds.
     *
     * @param responses most responses
     * @param characters most characters in all of them together
     */
    public record Capacity(int responses, long characters) {}

    private record Entry(String owner, StoredResponse response, long weight) {}

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
            ResponseCache.this.put(new Entry(owner, response, response.weight()));
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

    private synchronized void put(Entry entry) {
        if (entry.weight() > capacity.characters() / SHARE) {
            return;
        }
        subtract(entries.put(entry.response().id(), entry));
        weight += entry.weight();
        Iterator<Entry> eldest = entries.values().iterator();
        while (entries.size() > capacity.responses() || weight > capacity.characters()) {
            subtract(eldest.next());
            eldest.remove();
        }
    }

    private synchronized Optional<StoredResponse> find(String owner, String id) {
        return Optional.ofNullable(entries.get(id))
                .filter(entry -> entry.owner().equals(owner))
                .map(Entry::response);
    }

    private synchronized boolean remove(String owner, String id) {
        boolean found = find(owner, id).isPresent();
        if (found) {
            subtract(entries.remove(id));
        }
        return found;
    }

    private void subtract(@Nullable Entry gone) {
        weight -= gone == null ? 0 : gone.weight();
    }
}
