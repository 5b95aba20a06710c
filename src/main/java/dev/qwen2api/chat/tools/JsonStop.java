package dev.qwen2api.chat.tools;

/** Knows what ends JSON from outside, though its braces are still open: the mark that closes a call, or opens the next. */
interface JsonStop {

    /** JSON that ends with its last brace or with the text. */
    JsonStop NONE = new JsonStop() {
        @Override
        public Verdict here(Tape tape, int at) {
            return Verdict.NO;
        }

        @Override
        public Verdict last(Tape tape, int at) {
            return Verdict.NO;
        }
    };

    /** Whether such a mark begins here, between the parts of JSON. */
    Verdict here(Tape tape, int at);

    /**
     * Whether such a mark begins here, inside a string, and cannot belong to the string because nothing but the end of the
     * text or another call follows.
     */
    Verdict last(Tape tape, int at);
}
