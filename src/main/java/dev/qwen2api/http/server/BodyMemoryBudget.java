package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;

/**
 * Limits the memory of all large request bodies together. Without the limit, whichever thread allocates next would
 * meet the {@code OutOfMemoryError}, the one that carries all upstream traffic included. Thread-safe.
 */
final class BodyMemoryBudget {

    /**
     * Bytes of a body that are not charged to the budget, so that ordinary requests skip it: {@link RequestLimiter}
     * bounds their number.
     */
    static final long SMALL = 32 << 10;

    /**
     * What reading costs: the parser's characters, of two bytes each, and the text that is made of them, twice for a
     * moment.
     */
    private static final int WHILE_READ = 4;

    /**
     * Words are written again for the upstream, more than once: the message, the document that a long one becomes,
     * its upload. So much of a body may be words, which keep all that reading them took; what is more than this is
     * pictures as text.
     */
    private static final long WORDS = 2L << 20;

    /** A tree may take this part of the room: what is made of it comes on top. */
    private static final int TREE_PART = 2;

    /** For everything that is no body. */
    private static final long REST = 32L << 20;

    /** Claims grow in steps, so that few pieces of a body have to ask. */
    private static final long STEP = 32 << 10;

    private final long room;
    private long taken;

    /** The room that a heap of so many bytes has. */
    static BodyMemoryBudget in(long heap) {
        return new BodyMemoryBudget(Math.max(heap - REST, heap / 4));
    }

    BodyMemoryBudget(long room) {
        this.room = room;
    }

    /** Nothing is claimed yet. To be released at the end of its request. */
    Claim claim() {
        return new Claim();
    }

    private synchronized boolean take(long bytes) {
        if (taken + bytes > room) {
            return false;
        }
        taken += bytes;
        return true;
    }

    private synchronized void giveBack(long bytes) {
        taken -= bytes;
    }

    /** Memory that is claimed now, in bytes. */
    synchronized long taken() {
        return taken;
    }

    /** What one body takes. Used by one thread, and at the end perhaps by another. */
    final class Claim {
        private long body;
        private long held;
        private long tree;
        private long heldTree;
        private boolean read;

        /**
         * Claims what reading a body of that length takes.
         *
         * @throws dev.qwen2api.failure.ProblemException when there is no room for it, now or ever
         */
        synchronized void reading(long bytes) {
            if (bytes <= Math.max(body, SMALL)) {
                return;
            }
            long whole = (bytes + STEP - 1) / STEP * STEP;
            if (whole * WHILE_READ > room) {
                throw never(whole, room / WHILE_READ).toException();
            }
            if (!take(whole * WHILE_READ - held)) {
                throw notNow().toException();
            }
            body = whole;
            held = whole * WHILE_READ;
        }

        /**
         * Claims what further nodes of the body's tree take.
         *
         * @throws dev.qwen2api.failure.ProblemException when there is no room for them, now or ever
         */
        synchronized void tree(long bytes) {
            tree += bytes;
            if (tree <= Math.max(heldTree, SMALL)) {
                return;
            }
            long whole = (tree + STEP - 1) / STEP * STEP;
            if (whole > room / TREE_PART) {
                throw tooManyValues().toException();
            }
            if (!take(whole - heldTree)) {
                throw notNow().toException();
            }
            heldTree = whole;
        }

        /** The body has been read: its text stays, with what is made of its words; its tree does not. */
        synchronized void read() {
            keep(Math.min(held, body + (WHILE_READ - 1) * Math.min(body, WORDS)));
            if (!read) {
                read = true;
                keepTree(heldTree / 2);
            }
        }

        synchronized void release() {
            body = 0;
            keep(0);
            tree = 0;
            keepTree(0);
        }

        private void keep(long bytes) {
            giveBack(held - bytes);
            held = bytes;
        }

        private void keepTree(long bytes) {
            giveBack(heldTree - bytes);
            heldTree = bytes;
        }
    }

    private static Problem tooManyValues() {
        return Problem.of(
                ProblemKind.REQUEST_TOO_LARGE,
                "The body of the request is made of more JSON values than the gateway's memory is enough for. Send"
                        + " fewer, or give it a larger heap (-Xmx).");
    }

    private static Problem never(long bytes, long most) {
        return Problem.of(
                ProblemKind.REQUEST_TOO_LARGE,
                "The body of the request has about " + (bytes >> 20) + " MB, and the gateway's memory is enough for "
                        + (most >> 20)
                        + " MB. Send pictures and files as http(s) addresses, or give it a larger heap (-Xmx).");
    }

    private static Problem notNow() {
        return Problem.retryable(
                ProblemKind.OVERLOADED,
                "The gateway holds as many large requests as its memory allows. Try again in a moment, or send"
                        + " pictures and"
                        + " files as http(s) addresses.",
                Duration.ofSeconds(2));
    }
}
