package dev.qwen2api.media;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.failure.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the media of a conversation that are uploaded. The service takes five pictures, one video or one sound in a
 * message, not mixed, and five documents beside them (seen 2026-08). A single turn with more is refused; of a long
 * conversation the newest are chosen.
 */
final class AttachmentSelection {

    private static final Map<MediaType, Integer> MOST =
            Map.of(MediaType.IMAGE, 5, MediaType.FILE, 5, MediaType.VIDEO, 1, MediaType.AUDIO, 1);
    private static final Map<MediaType, Integer> MEGABYTES =
            Map.of(MediaType.IMAGE, 20, MediaType.FILE, 20, MediaType.VIDEO, 500, MediaType.AUDIO, 100);

    private AttachmentSelection() {}

    static long maxBytes(MediaType mediaType) {
        return (long) MEGABYTES.getOrDefault(mediaType, 20) << 20;
    }

    /** What is said of a file over {@link #maxBytes}. */
    static String tooLarge(long maxBytes) {
        return "is larger than the " + (maxBytes >> 20) + " MB that are allowed";
    }

    /**
     * Returns the chosen media by identity.
     *
     * @throws dev.qwen2api.failure.ProblemException naming the first part over the limit of its turn
     */
    static Set<Media> of(List<Message> turns) {
        turns.forEach(message -> {
            var alone = new Count();
            for (Media media : Media.in(message)) {
                if (!alone.accepts(media.kind())) {
                    throw tooMany(media);
                }
            }
        });
        Set<Media> chosen = Collections.newSetFromMap(new IdentityHashMap<>());
        var count = new Count();
        for (int i = turns.size() - 1; i >= 0; i--) {
            List<Media> newestFirst = new ArrayList<>(Media.in(turns.get(i)));
            Collections.reverse(newestFirst);
            newestFirst.stream().filter(media -> count.accepts(media.kind())).forEach(chosen::add);
        }
        return chosen;
    }

    private static RuntimeException tooMany(Media media) {
        return Problem.invalid(
                        media.path(),
                        "'" + media.path() + "' is " + media.kind().words()
                                + " too many: a message takes 5 pictures or 1 video or 1 sound, not mixed, and 5 documents.")
                .toException();
    }

    /** Counts the media of one message against the service's limits. */
    private static final class Count {
        private final Map<MediaType, Integer> taken = new EnumMap<>(MediaType.class);

        boolean accepts(MediaType mediaType) {
            boolean mixed = mediaType != MediaType.FILE
                    && taken.keySet().stream().anyMatch(seen -> seen != MediaType.FILE && seen != mediaType);
            boolean room = !mixed && taken.getOrDefault(mediaType, 0) < MOST.getOrDefault(mediaType, 0);
            if (room) {
                taken.merge(mediaType, 1, Integer::sum);
            }
            return room;
        }
    }
}
