package dev.qwen2api.chat;

/**
 * How answers are presented, as the owner configured it.
 *
 * @param thinking how thinking is shown
 * @param search how sources are written
 */
public record AnswerPresentation(ThinkFormat thinking, SearchFormat search) {

    /** The formats in which thinking is shown. */
    public enum ThinkFormat {
        /** In a field of its own, where the dialect has one. */
        FIELD,
        /** Between {@code <think>} tags at the head of the answer's text. */
        TAGS,
        /** Not at all. */
        HIDDEN
    }

    /** The formats in which search sources are printed. */
    public enum SearchFormat {
        TABLE,
        LIST
    }
}
