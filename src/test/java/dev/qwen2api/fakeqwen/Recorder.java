package dev.qwen2api.fakeqwen;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Everything the fake has seen, oldest first, up to a limit beyond which the oldest is forgotten. Thread-safe. */
public final class Recorder {
    private final int limit;
    private final Clock clock;
    private final Signal changes;
    private final Latest<Request> requests;
    private final Latest<Completion> completions;
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<String, Gauge> gauges = new ConcurrentHashMap<>();

    Recorder(int limit, Clock clock, Signal changes) {
        this.limit = limit;
        this.requests = new Latest<>(limit);
        this.completions = new Latest<>(limit);
        this.clock = clock;
        this.changes = changes;
    }

    /** All requests. */
    public List<Request> requests() {
        return requests.all();
    }

    /** The requests of one route. */
    public List<Request> requests(Endpoint endpoint) {
        return requests.all().stream()
                .filter(request -> Endpoint.of(request.method(), request.path()) == endpoint)
                .toList();
    }

    /** The newest request of a route. */
    public Optional<Request> last(Endpoint endpoint) {
        return requests(endpoint).stream().reduce((older, newer) -> newer);
    }

    /** All requests for an answer, refused ones too. */
    public List<Completion> completions() {
        return completions.all();
    }

    /** The requests for an answer of one account. */
    public List<Completion> completions(String userId) {
        return completions.all().stream()
                .filter(completion -> completion.userId().equals(userId))
                .toList();
    }

    /**
     * The n-th request for an answer, counted from 1; waits for it.
     *
     * @throws NoSuchElementException if it does not come in time
     */
    public Completion awaitCompletion(int number, Duration most) {
        if (!changes.await(() -> completions.size() >= number, most)) {
            throw new NoSuchElementException("only " + completions.size() + " requests for an answer came");
        }
        return completions().get(number - 1);
    }

    /** Waits until a route was asked so many times. */
    public boolean awaitRequests(Endpoint endpoint, int count, Duration most) {
        return changes.await(() -> requests(endpoint).size() >= count, most);
    }

    /** The chats for which a stop request came. */
    public List<String> stopsSeen() {
        return requests(Endpoint.STOP).stream()
                .map(request -> request.query("chat_id").orElse(""))
                .toList();
    }

    /** Waits until a stop request for a chat came. */
    public boolean awaitStop(String chatId, Duration most) {
        return changes.await(() -> stopsSeen().contains(chatId), most);
    }

    /** The chats that were deleted. */
    public Set<String> deleted() {
        return Set.copyOf(deleted);
    }

    /** Waits until a chat was deleted. */
    public boolean awaitDeleted(String chatId, Duration most) {
        return changes.await(() -> deleted.contains(chatId), most);
    }

    /** Generations of an account that run now, those included whose client merely closed the socket. */
    public int running(String userId) {
        return gauge(userId).now();
    }

    /** The most generations of an account that ever ran at once. */
    public int maxRunning(String userId) {
        return gauge(userId).most();
    }

    /** Waits until so many generations of an account run. */
    public boolean awaitRunning(String userId, int count, Duration most) {
        return changes.await(() -> running(userId) == count, most);
    }

    /** Forgets requests, completions and deletions; the counts of running generations stay. */
    public void clear() {
        requests.clear();
        completions.clear();
        deleted.clear();
    }

    Gauge gauge(String userId) {
        Gauge known = gauges.get(userId);
        return known != null ? known : gauges.computeIfAbsent(userId, id -> new Gauge(changes));
    }

    void saw(Request request) {
        requests.add(request);
        changes.changed();
    }

    Completion began(Request request) {
        Completion completion = new Completion(request, clock, changes);
        completions.add(completion);
        changes.changed();
        return completion;
    }

    void chatDeleted(String chatId) {
        if (limit > 0) {
            deleted.add(chatId);
            changes.changed();
        }
    }
}
