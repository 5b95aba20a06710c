package dev.qwen2api.fakeqwen;

import java.util.List;
import java.util.Optional;

/**
 * How the bytes of a body are bent on their way out. All numbers count body bytes, before chunked coding.
 *
 * @param pieces sizes of the first pieces that are sent apart; the last size repeats; empty for no splitting
 * @param cutAt where the body is cut, negative for nowhere
 * @param cut what happens there
 * @param gzip whether the body is compressed, asked for or not
 * @param type a content type to claim instead of the true one
 */
record Wire(List<Integer> pieces, long cutAt, Cut cut, boolean gzip, Optional<String> type) {
    /** What happens at the byte where a body is cut. */
    enum Cut {
        /** The body ends as if it were complete. */
        END,
        /** The connection is closed without the last chunk. */
        DROP,
        /** The connection is reset. */
        RESET,
        /** The connection stays, and nothing more comes. */
        STALL
    }

    static Wire none() {
        return new Wire(List.of(), -1, Cut.END, false, Optional.empty());
    }

    boolean isNone() {
        return pieces.isEmpty() && cutAt < 0 && !gzip && type.isEmpty();
    }

    Wire split(List<Integer> sizes) {
        return new Wire(List.copyOf(sizes), cutAt, cut, gzip, type);
    }

    Wire cut(long at, Cut how) {
        return new Wire(pieces, at, how, gzip, type);
    }

    Wire gzipped() {
        return new Wire(pieces, cutAt, cut, true, type);
    }

    Wire claiming(String contentType) {
        return new Wire(pieces, cutAt, cut, gzip, Optional.of(contentType));
    }
}
