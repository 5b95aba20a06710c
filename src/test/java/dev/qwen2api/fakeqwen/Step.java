package dev.qwen2api.fakeqwen;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One move of an answer stream: bytes, a wait, or an end that is none. */
sealed interface Step {
    /** What a frame carries, so that faults can count. */
    enum Kind {
        /** The opening {@code response.created}. */
        CREATED,
        /** A keep-alive of the service. */
        KEEP_ALIVE,
        /** Reasoning. */
        THINKING,
        /** A tool call of the service or its result. */
        TOOL,
        /** Answer text or a picture. */
        TEXT,
        /** One of the empty answer frames before the last. */
        EMPTY,
        /** The last frame. */
        LAST,
        /** An error. */
        ERROR,
        /** Bytes a test or a fault put between the frames. */
        RAW,
        /** A whole body a test made up. */
        BODY
    }

    /** Bytes to send. */
    @SuppressWarnings("ArrayRecordComponent") // bytes for a socket; steps are not compared
    record Frame(Kind kind, byte[] bytes) implements Step {
        static Frame of(Kind kind, String text) {
            return new Frame(kind, text.getBytes(StandardCharsets.UTF_8));
        }

        boolean is(Kind wanted) {
            return kind == wanted;
        }
    }

    /** A wait. */
    record Pause(Duration length) implements Step {}

    /** The same bytes again and again, until the client leaves or the generation is stopped. */
    @SuppressWarnings("ArrayRecordComponent") // see Frame
    record Repeat(byte[] bytes, Duration every) implements Step {}

    /** Silence until the client leaves or the generation is stopped. */
    record Stall() implements Step {}

    /** The connection is reset. */
    record Reset() implements Step {}
}
