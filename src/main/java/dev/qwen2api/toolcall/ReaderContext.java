package dev.qwen2api.toolcall;

import java.util.function.Function;

/**
 * What the readers of one answer share.
 *
 * @param buffer the answer's text
 * @param out receives words and calls
 * @param tools the tools that are offered
 * @param structured whether the answer itself is to be JSON, so that only JSON which names an offered tool is a call
 * @param code the Markdown code around the reading position
 * @param proseReaders creates the reader that the others hand back to
 */
record ReaderContext(
        TextBuffer buffer,
        ToolCallEmitter out,
        ToolLookup tools,
        boolean structured,
        CodeSpanTracker code,
        Function<ReaderContext, TextReader> proseReaders) {

    /** Parses one kind of text. Takes what it can from the buffer and passes it on as words or as calls. */
    @FunctionalInterface
    interface TextReader {

        /**
         * Reads on. Called again while that moves the buffer, and whenever there is more text or the text has ended.
         *
         * @return the reader of what follows; this reader itself when it needs more text or another call
         */
        TextReader read();
    }

    /** Passes on what was read as words, as they came. */
    void giveBack() {
        String words = buffer.take();
        code.feed(words);
        out.text(words);
    }

    /** Returns the reader of prose, which reads until something else begins. */
    TextReader prose() {
        return proseReaders.apply(this);
    }

    /** Lets readers read, each handing over to the next, until one needs more text; returns that one. */
    TextReader readOn(TextReader first) {
        TextReader current = first;
        int before;
        boolean moved;
        do {
            before = buffer.at();
            TextReader next = current.read();
            moved = next != current || buffer.at() != before;
            current = next;
        } while (moved && !out.over());
        return current;
    }

    /** Drops what was read, the rest of a call that was cut off, and ends the answer there. */
    TextReader cutOff() {
        buffer.drop();
        out.cutOff();
        return prose();
    }
}
