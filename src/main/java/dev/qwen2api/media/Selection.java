package dev.qwen2api.media;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.Kind;
import dev.qwen2api.chat.Turn;
import dev.qwen2api.failure.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which media of a conversation go along. The service takes one message a turn, with five pictures or five documents, or one
 * video, or one sound, the first three not mixed (seen 2026-08). One turn that asks for more is refused; of a long conversation
 * the newest go along.
 */
final class Selection {

    private static final Map<Kind, Integer> MOST = Map.of(Kind.IMAGE, 5, Kind.FILE, 5, Kind.VIDEO, 1, Kind.AUDIO, 1);
    private static final Map<Kind, Integer> MEGABYTES =
            Map.of(Kind.IMAGE, 20, Kind.FILE, 20, Kind.VIDEO, 500, Kind.AUDIO, 100);

    private final Set<Media> taken;

    private Selection(Set<Media> taken) {
        this.taken = taken;
    }

    static long mostBytes(Kind kind) {
        return (long) MEGABYTES.getOrDefault(kind, 20) << 20;
    }

    /**
     * Chooses.
     *
     * @throws dev.qwen2api.failure.ProblemException naming the part that is one too many in its turn
     */
    static Selection of(List<Turn> turns) {
        turns.forEach(turn -> {
            var alone = new Count();
            for (Media media : turn.media()) {
                if (!alone.takes(media.kind())) {
                    throw tooMany(media);
                }
            }
        });
        Set<Media> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        var count = new Count();
        for (int i = turns.size() - 1; i >= 0; i--) {
            List<Media> newestFirst = new ArrayList<>(turns.get(i).media());
            Collections.reverse(newestFirst);
            newestFirst.stream().filter(media -> count.takes(media.kind())).forEach(taken::add);
        }
        return new Selection(taken);
    }

    private static RuntimeException tooMany(Media media) {
        return Problem.invalid(
                        media.path(),
                        "'" + media.path() + "' is " + media.kind().words()
                                + " too many: a message takes 5 pictures or 1 video or 1 sound, not mixed, and 5 documents.")
                .toException();
    }

    boolean leavesOut(Media media) {
        return !taken.contains(media);
    }

    /** What one message of the service holds so far. */
    private static final class Count {
        private final Map<Kind, Integer> taken = new EnumMap<>(Kind.class);

        boolean takes(Kind kind) {
            Optional<Kind> other = taken.keySet().stream()
                    .filter(seen -> seen != Kind.FILE && seen != kind && kind != Kind.FILE)
                    .findAny();
            boolean room = other.isEmpty() && taken.getOrDefault(kind, 0) < MOST.getOrDefault(kind, 0);
            if (room) {
                taken.merge(kind, 1, Integer::sum);
            }
            return room;
        }
    }
}
