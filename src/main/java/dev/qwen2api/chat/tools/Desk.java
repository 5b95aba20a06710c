package dev.qwen2api.chat.tools;

/** What the readers of one answer share. */
record Desk(Tape tape, CallWriter out, ToolBox tools, CodeTracker code) {

    /** Settles what was read as words, as they came. */
    void giveBack() {
        String words = tape.take();
        code.feed(words);
        out.text(words);
    }

    /** Reads the rest as prose, until something else begins. */
    Reader prose() {
        return new Prose(this);
    }
}
