package dev.qwen2api.toolcall;

/** The answer to a question about text of which only the beginning may be here. */
enum MatchResult {
    YES,
    NO,
    /** It depends on text that is still to come. */
    MORE
}
