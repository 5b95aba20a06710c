package dev.qwen2api.toolcall;

/** What the readers of one answer share. */
record ReaderContext(TextBuffer tape, ToolCallEmitter out, ToolLookup tools, CodeSpanTracker code) {

    /** Settles what was read as words, as they came. */
    void giveBack() {
        String words = tape.take();
        code.feed(words);
        out.text(words);
    }

    /** Reads the rest as prose, until something else begins. */
    TextReader prose() {
        return new ProseReader(this);
    }
}
