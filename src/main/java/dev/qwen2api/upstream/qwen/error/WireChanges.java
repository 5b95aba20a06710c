package dev.qwen2api.upstream.qwen.error;

import dev.qwen2api.failure.Failure;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts codes and phases that the gateway does not know, and logs each once a day by its name, so that an owner can
 * report a change of the wire. Keeps no content. Thread-safe.
 */
public final class WireChanges {

    private static final Logger LOG = LoggerFactory.getLogger(WireChanges.class);

    /** Names beyond these are counted together, so that labels stay bounded. */
    private static final int MOST_NAMES = 50;

    private static final String OTHERS = "other";

    private final Clock clock;
    private final Map<String, Seen> seen = new TreeMap<>();

    private record Seen(long count, LocalDate logged) {}

    public WireChanges(Clock clock) {
        this.clock = clock;
    }

    /** Counts a phase of a frame that no list knows. */
    public void phase(String name) {
        count("phase", name);
    }

    /** Counts the code of a failure, where it is one that no table knows. */
    public Failure failure(Failure failure) {
        Optional<String> code = UpstreamErrorTable.unknownCode(failure);
        code.ifPresent(name -> count("code", name));
        return failure;
    }

    private void count(String what, String name) {
        String label = what + ":" + (name.matches("[A-Za-z0-9_.-]{1,40}") ? name : OTHERS);
        if (isNewToday(label, what + ":" + OTHERS)) {
            LOG.warn("[UPSTREAM] the service used an unknown {}; please report it with a scrubbed capture", label);
        }
    }

    private synchronized boolean isNewToday(String label, String others) {
        String counted = seen.containsKey(label) || seen.size() < MOST_NAMES ? label : others;
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        Seen before = seen.getOrDefault(counted, new Seen(0, LocalDate.MIN));
        seen.put(counted, new Seen(before.count() + 1, today));
        return !before.logged().equals(today);
    }

    /** How often each unknown name was met, by {@code code:name} or {@code phase:name}; at most some fifty. */
    public synchronized Map<String, Long> counts() {
        var counts = new TreeMap<String, Long>();
        seen.forEach((label, each) -> counts.put(label, each.count()));
        return counts;
    }
}
