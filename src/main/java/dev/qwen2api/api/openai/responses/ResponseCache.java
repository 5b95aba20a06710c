package dev.qwen2api.api.openai.responses;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The responses that this process holds, each for the key that made it. When there is no more room, those go first that
 * nobody has looked for the longest. Thread-safe.
 */
public final class ResponseCache {

    /** A response heavier than this part of all room is not held: it would drive out too many others. */
    private static final int SHARE = 4;

    private final Room room;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    /**
     * How much is held.
     *
     * @param responses most responses
     * @param characters most characters in all of them together
     */
    public record Room(int responses, long characters) {}

    private record Entry(Owner owner, HeldResponse response, long weight) {}

    public ResponseCache(Room room) {
        this.room = room;
    }

    /** Holds a response, if it is not too long for that. */
    public synchronized void put(Owner owner, HeldResponse response) {
        long added = response.weight();
        if (added > room.characters() / SHARE) {
            return;
        }
        forget(entries.put(response.id(), new Entry(owner, response, added)));
        weight += added;
        Iterator<Entry> eldest = entries.values().iterator();
        while (entries.size() > room.responses() || weight > room.characters()) {
            forget(eldest.next());
            eldest.remove();
        }
    }

    /** A response, if it is held and {@code owner}'s. */
    public synchronized Optional<HeldResponse> find(Owner owner, String id) {
        return Optional.ofNullable(entries.get(id))
                .filter(entry -> entry.owner().equals(owner))
                .map(Entry::response);
    }

    /** Lets go of a response; returns whether it was held and {@code owner}'s. */
    public synchronized boolean remove(Owner owner, String id) {
        boolean found = find(owner, id).isPresent();
        if (found) {
            forget(entries.remove(id));
        }
        return found;
    }

    private void forget(@Nullable Entry gone) {
        weight -= gone == null ? 0 : gone.weight();
    }
}
