package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/**
 * Knows what ends JSON from outside, though its braces are still open: the mark that closes a call, or opens the next.
 */
interface JsonTerminator {

    /** JSON that ends with its last brace or with the text. */
    JsonTerminator NONE = new JsonTerminator() {
        @Override
        public MatchResult here(TextBuffer textBuffer, int at) {
            return MatchResult.NO;
        }

        @Override
        public MatchResult last(TextBuffer textBuffer, int at) {
            return MatchResult.NO;
        }
    };

    /** Whether such a mark begins here, between the parts of JSON. */
    MatchResult here(TextBuffer textBuffer, int at);

    /**
     * Whether such a mark begins here, inside a string, and cannot belong to the string because nothing but the end of
     * the text or another call follows.
     */
    MatchResult last(TextBuffer textBuffer, int at);
}
