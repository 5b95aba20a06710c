package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.StoredFile.Parse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The files that were announced, uploaded and parsed. Safe for use by several threads. */
public final class Uploads {
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private final ConcurrentMap<String, StoredFile> byId = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Map<String, Deque<Instant>> tickets = new HashMap<>();
    private volatile Parse parseResult = Parse.SUCCESS;
    private volatile int mostTickets = Integer.MAX_VALUE;

    Uploads(Clock clock) {
        this.clock = clock;
    }

    /** Lets each account have so many tickets in ten minutes; the service gives about twenty (13 row 4, 2026-09). */
    public void allow(int most) {
        mostTickets = most;
    }

    /** Whether this account has a ticket left in the window, which is used up then. */
    synchronized boolean admits(String userId) {
        Instant now = clock.instant();
        Deque<Instant> taken = tickets.computeIfAbsent(userId, first -> new ArrayDeque<>());
        taken.removeIf(at -> !at.plus(WINDOW).isAfter(now));
        if (taken.size() >= mostTickets) {
            return false;
        }
        taken.add(now);
        return true;
    }

    /** All files, in no order. */
    public List<StoredFile> files() {
        return List.copyOf(byId.values());
    }

    /** A file by its id. */
    public Optional<StoredFile> find(String fileId) {
        return Optional.ofNullable(byId.get(fileId));
    }

    /** How parsing ends from now on: {@link Parse#PENDING} for never. */
    public void parsingEndsIn(Parse state) {
        parseResult = state;
    }

    StoredFile announce(String userId, String name) {
        String id = Ids.uuid();
        StoredFile.Ticket ticket =
                new StoredFile.Ticket("STS." + Ids.hex(20), Ids.hex(30), "CAIS" + Ids.hex(40) + "==");
        StoredFile file =
                new StoredFile(id, userId, userId + "/" + id + "_" + name, ticket, Optional.empty(), Parse.NONE);
        byId.put(id, file);
        return file;
    }

    Optional<StoredFile> at(String path) {
        return byId.values().stream().filter(file -> file.path().equals(path)).findFirst();
    }

    void uploaded(StoredFile file, Request put) {
        byId.computeIfPresent(file.id(), (id, known) -> known.uploaded(put));
    }

    /** Starts the parsing of an uploaded file of this account. */
    boolean parse(String userId, String fileId) {
        return find(fileId)
                .filter(file -> file.owner().equals(userId) && file.upload().isPresent())
                .map(file -> byId.put(fileId, file.parsed(Parse.PENDING)))
                .isPresent();
    }

    /** The state as it was, and one step on: the first look sees {@code pending}. */
    Parse look(String fileId) {
        Parse seen = find(fileId).map(StoredFile::parse).orElse(Parse.FAILED);
        if (seen == Parse.PENDING) {
            byId.computeIfPresent(fileId, (id, file) -> file.parsed(parseResult));
        }
        return seen;
    }
}
