package dev.qwen2api.chat.tools;

/** The answer to a question about text of which only the beginning may be here. */
enum Verdict {
    YES,
    NO,
    /** It depends on text that is still to come. */
    MORE
}
