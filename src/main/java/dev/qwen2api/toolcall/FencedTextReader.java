package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.ReaderContext.TextReader;

/**
 * Reads ahead to the end of a fence in which something like a call stands, and decides by what follows whether it is
 * one. In a fence of another language it is one if the fence is never closed: the model forgot that it was in code. In
 * one that may hold calls it is one unless prose follows: then it was an example.
 */
final class FencedTextReader implements TextReader {

    private final ReaderContext context;

    /** Whether the fence began before the reading position. */
    private final boolean within;

    private boolean opened;
    private boolean closed;

    /** Whether it is known that the fence closes. */
    private boolean closes;

    private FencedTextReader(ReaderContext context, boolean within) {
        this.context = context;
        this.within = within;
        this.opened = within;
    }

    /** Reads on in an open fence, in front of a mark; all before it was taken. */
    static TextReader within(ReaderContext context) {
        return new FencedTextReader(context, true);
    }

    /** Reads on in front of a fence; all before it was taken. */
    static TextReader whole(ReaderContext context) {
        return new FencedTextReader(context, false);
    }

    @Override
    public TextReader read() {
        TextBuffer textBuffer = context.buffer();
        while (!closed && !textBuffer.used()) {
            char c = textBuffer.current();
            context.code().inCodeBefore(c);
            opened |= context.code().inFence();
            closed = opened && !context.code().inFence();
            if (neverCloses()) {
                textBuffer.moveTo(textBuffer.length());
            } else if (!closed) {
                context.code().feed(c);
                textBuffer.advance();
            }
        }
        if (!closed) {
            return textBuffer.ended() ? endOfText() : this;
        }
        return within ? words() : behind(textBuffer);
    }

    /** Whether the text has ended without an end of this fence, so that it need not be read again to know that. */
    private boolean neverCloses() {
        boolean may = !closes
                && context.buffer().ended()
                && context.code().inFence()
                && context.code().atLineStart();
        closes |= may && context.code().closesIn(context.buffer());
        return may && !closes;
    }

    private TextReader endOfText() {
        boolean open = context.code().endsInFence();
        return !within || open && !context.buffer().truncatedHere() ? calls() : words();
    }

    private TextReader behind(TextBuffer textBuffer) {
        textBuffer.skipBlanks();
        if (textBuffer.used()) {
            return textBuffer.ended() ? calls() : this;
        }
        char c = textBuffer.current();
        CallTag callTag = CallTagMatcher.at(textBuffer, textBuffer.at());
        if (callTag.type() == CallTag.TagType.MORE) {
            return this;
        }
        boolean goesOn = callTag.type() != CallTag.TagType.NONE || c == '`' || c == '{';
        return goesOn ? calls() : words();
    }

    private TextReader calls() {
        context.buffer().rewind();
        context.code().leaveFence();
        if (within) {
            return context.prose();
        }
        FenceHeader head = FenceHeader.at(context.buffer());
        context.buffer().moveTo(head.end());
        return MarkedCallReader.fenced(context, head);
    }

    private TextReader words() {
        context.out().text(context.buffer().take());
        return context.prose();
    }
}
