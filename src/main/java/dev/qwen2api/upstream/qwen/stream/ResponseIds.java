package dev.qwen2api.upstream.qwen.stream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Selects the frames of one response where a stream carries several ids. Thinking and answer may have different ones
 * (13 row 9, 2026-09), and rarely two whole responses come interleaved (PX, 2026-08). Frames of another id are held
 * until it shows whether the present response still speaks: if it does, they are another answer and dropped; if not,
 * they continue it. Used by one thread.
 */
final class ResponseIds {

    /** So many frames of another id, with none of the present one between, are its continuation. */
    private static final int FRAMES_BEFORE_TEXT = 2;

    /** The same after the present response began to answer. */
    private static final int FRAMES_AFTER_TEXT = 1_000;

    /** So many bytes of them are its continuation in any case, because a frame may have megabytes. */
    private static final int MOST_BYTES = 1 << 20;

    /** Most ids that are remembered as those of other answers; any other one is recognised anew. */
    private static final int MOST_OTHERS = 100;

    /** Longest id that is remembered so; real ones have 36 characters. */
    private static final int LONGEST_ID = 200;

    private final Set<String> others = new HashSet<>();
    private final List<Frame> held = new ArrayList<>();
    private volatile String current = "";
    private String candidate = "";
    private int bytes;

    /** The id of the response that is followed; empty until one is known. May be asked by any thread. */
    String current() {
        return current;
    }

    /**
     * The frames to process now.
     *
     * @param size bytes that the frame had
     * @param spoke whether the present response has said anything of its answer
     */
    List<Frame> select(Frame frame, int size, boolean spoke) {
        String id = frame.responseId();
        if (id.isEmpty() || current.isEmpty() || id.equals(current)) {
            current = current.isEmpty() ? id : current;
            if (frame.speaks() && !candidate.isEmpty()) {
                drop();
            }
            return List.of(frame);
        }
        if (others.contains(id)) {
            return List.of();
        }
        if (!id.equals(candidate)) {
            release();
            candidate = id;
        }
        held.add(frame);
        bytes += size;
        return isEnough(frame, spoke) ? follow() : List.of();
    }

    private boolean isEnough(Frame latest, boolean spoke) {
        return bytes > MOST_BYTES
                || held.size() >= (spoke ? FRAMES_AFTER_TEXT : FRAMES_BEFORE_TEXT)
                || !spoke && latest.ends();
    }

    /** The frames that are held are another answer. */
    private void drop() {
        if (others.size() < MOST_OTHERS && candidate.length() <= LONGEST_ID) {
            others.add(candidate);
        }
        release();
    }

    /** The frames that were held when the stream ended: the present response has not spoken since they began. */
    List<Frame> follow() {
        if (!candidate.isEmpty()) {
            current = candidate;
        }
        return release();
    }

    private List<Frame> release() {
        List<Frame> released = List.copyOf(held);
        held.clear();
        bytes = 0;
        candidate = "";
        return released;
    }
}
