package dev.qwen2api.http.server;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;

/**
 * Limits the heap that all large request bodies take together, because an {@code OutOfMemoryError} could hit any
 * thread, even the one of the HTTP client that all requests share. Thread-safe.
 */
final class BodyMemoryBudget {

    /** Bodies up to this size are not charged; {@link RequestLimiter} limits their number. */
    static final long SMALL = 32 << 10;

    /** Bytes of heap per byte of a body while it is parsed: its characters (2), and copies of its strings. */
    private static final int WHILE_READ = 4;

    /**
     * Bytes of a body that count as text after parsing. Text is copied for the upstream (message, document, upload), so
     * it stays charged in full; the rest of a body is assumed to be base64, which is not copied.
     */
    private static final long TEXT = 2L << 20;

    /** The divisor of the room that gives the largest JSON tree; objects made of the tree need the rest. */
    private static final int TREE_PART = 2;

    /** Heap kept for everything but bodies. */
    private static final long REST = 32L << 20;

    /** Claims grow in steps of so many bytes, so that few reads have to take the lock. */
    private static final long STEP = 32 << 10;

    private final long room;
    private long taken;

    /** The budget for a heap of that many bytes. */
    static BodyMemoryBudget in(long heap) {
        return new BodyMemoryBudget(Math.max(heap - REST, heap / 4));
    }

    BodyMemoryBudget(long room) {
        this.room = room;
    }

    /** Creates an empty claim, to be released at the end of the request. */
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

    /** Bytes claimed now. */
    synchronized long taken() {
        return taken;
    }

    /** The memory of one body. Used by one thread at a time. */
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

        /** Shrinks the claim after parsing: the strings stay, half of the tree is garbage. */
        synchronized void read() {
            keep(Math.min(held, body + (WHILE_READ - 1) * Math.min(body, TEXT)));
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
