package dev.qwen2api.upstream.qwen.error;

import dev.qwen2api.failure.Failure;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
    private static final String TOOL = "tool";
    private static final String REFUSED = "refused";

    private static final Pattern LINE =
            Pattern.compile("(?m)^(code|phase|tool):([A-Za-z0-9_.-]{1,40}) (\\d{4}-\\d\\d-\\d\\d)$");

    private final Clock clock;
    private final Consumer<String> keep;
    private final Map<String, Seen> seen = new TreeMap<>();

    /** Counted since the start, and logged on that day. */
    private record Seen(long count, LocalDate logged) {}

    /**
     * A name that was met once or more.
     *
     * @param kind {@code code}, {@code phase}, or {@code tool} for a refused tool of a client
     * @param day of UTC, the latest
     */
    public record Sighting(String kind, String name, LocalDate day) {}

    /**
     * @param keep takes the text of all sightings whenever a name is met for the first time on a day
     */
    public WireChanges(Clock clock, Consumer<String> keep) {
        this.clock = clock;
        this.keep = keep;
    }

    /** The sightings in a text that was given to {@code keep}; lines that are none are passed over. */
    public static List<Sighting> read(String text) {
        return LINE.matcher(text)
                .results()
                .flatMap(line -> sighting(line.group(1), line.group(2), line.group(3)).stream())
                .toList();
    }

    private static Optional<Sighting> sighting(String kind, String name, String day) {
        try {
            return Optional.of(new Sighting(kind, name, LocalDate.parse(day)));
        } catch (DateTimeException noDay) {
            return Optional.empty();
        }
    }

    /** Takes the sightings of an earlier run up, without counting them. */
    public synchronized void remember(String text) {
        read(text).stream()
                .limit(MOST_NAMES)
                .forEach(each -> seen.putIfAbsent(each.kind() + ":" + each.name(), new Seen(0, each.day())));
    }

    /** Counts a phase of a frame that no list knows. */
    public void phase(String name) {
        count("phase", name);
    }

    /** Counts the code of a failure, where it is one that no table knows. */
    public void failure(Failure failure) {
        UpstreamErrorTable.unknownCode(failure).ifPresent(name -> count("code", name));
        if (failure.equals(UpstreamErrorParser.TOOL_REFUSED)) {
            count(TOOL, REFUSED);
        }
    }

    private void count(String what, String name) {
        String label = what + ":" + (name.matches("[A-Za-z0-9_.-]{1,40}") ? name : OTHERS);
        if (isNewToday(label, what + ":" + OTHERS)) {
            keep.accept(text());
            if (what.equals(TOOL)) {
                LOG.warn("[UPSTREAM] the service took a tool of a client for its own; NATIVE_TOOLS=off prevents it");
            } else {
                LOG.warn("[UPSTREAM] the service used an unknown {}; please report it with a scrubbed capture", label);
            }
        }
    }

    private synchronized String text() {
        return seen.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue().logged())
                .collect(Collectors.joining("\n"));
    }

    private synchronized boolean isNewToday(String label, String others) {
        String counted = seen.containsKey(label) || seen.size() < MOST_NAMES ? label : others;
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        Seen before = seen.getOrDefault(counted, new Seen(0, LocalDate.MIN));
        seen.put(counted, new Seen(before.count() + 1, today));
        return !before.logged().equals(today);
    }

    /** How often each name was met since the start, such as {@code code:name}; at most some fifty. */
    public synchronized Map<String, Long> counts() {
        var counts = new TreeMap<String, Long>();
        seen.forEach((label, each) -> {
            if (each.count() > 0) {
                counts.put(label, each.count());
            }
        });
        return counts;
    }
}
