package dev.qwen2api.toolcall;

/** Understands one kind of text. Takes what it can from the tape and settles it as words or as calls. */
@FunctionalInterface
interface TextReader {

    /**
     * Reads on. Called again by the same thread while that moves the tape, and whenever there is more text or the text has ended.
     *
     * @return who reads next; this reader itself when it needs more text or another turn
     */
    TextReader read();
}
