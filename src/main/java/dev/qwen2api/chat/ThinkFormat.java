package dev.qwen2api.chat;

/** The formats in which thinking is shown. */
public enum ThinkFormat {
    /** In a field of its own, where the dialect has one. */
    FIELD,
    /** Between {@code <think>} tags at the head of the answer's text. */
    TAGS,
    /** Not at all. */
    HIDDEN
}
