package dev.qwen2api.toolcall;

import org.jspecify.annotations.Nullable;

/**
 * Follows Markdown through the prose and knows whether a point lies in quoted code: in a fence, or between backticks on
 * one line. Calls quoted there are examples.
 */
final class CodeSpanTracker {

    private static final int FENCE = 3;

    private boolean lineBlank = true;

    /** The run of backticks or tildes being read; it counts when it ends. */
    private char runOf;

    private int run;
    private boolean runBeganLine;

    /** The fence that is open: its character and length; length 0 for none. */
    private char fenceOf;

    private int fence;
    private boolean inFenceHead;
    private boolean fenceMayEnd;

    /** Where the fences of a text that has ended can close; null until first needed. */
    private @Nullable FenceEnds ends;

    /** Length of the run of backticks that opened code on this line; 0 for none. */
    private int ticks;

    /** Reads text that was passed on as prose. */
    void feed(CharSequence prose) {
        for (int i = 0; i < prose.length(); i++) {
            feed(prose.charAt(i));
        }
    }

    void feed(char c) {
        endRunBefore(c);
        if (c == '`' || c == '~') {
            runBeganLine = run == 0 ? lineBlank : runBeganLine;
            runOf = c;
            run++;
            lineBlank = false;
        } else if (c == '\n') {
            endLine();
        } else if (!TextBuffer.isBlank(c)) {
            lineBlank = false;
            fenceMayEnd = false;
        }
    }

    /** Whether {@code c}, which comes next, stands in code. */
    boolean inCodeBefore(char c) {
        endRunBefore(c);
        return fence > 0 || ticks > 0;
    }

    /** Whether only blanks precede on this line. */
    boolean atLineStart() {
        return lineBlank;
    }

    boolean inFence() {
        return fence > 0;
    }

    /** Whether a fence is still open if the text ends here. */
    boolean endsInFence() {
        if (run > 0) {
            endRun();
        }
        return fence > 0 && !fenceMayEnd;
    }

    /** Whether the open fence is closed further on in a text that has ended, from the start of a line on. */
    boolean closesIn(TextBuffer textBuffer) {
        if (ends == null) {
            ends = new FenceEnds(textBuffer, textBuffer.at());
        }
        return ends.closes(fenceOf, fence, textBuffer.at());
    }

    /** Forgets the open fence, as at the start of a line. */
    void leaveFence() {
        fence = 0;
        run = 0;
        ticks = 0;
        inFenceHead = false;
        fenceMayEnd = false;
        lineBlank = true;
    }

    /** Opens a fence whose head was not fed. */
    void openFence(int length) {
        fence = length;
        fenceOf = '`';
        run = 0;
        inFenceHead = false;
        fenceMayEnd = false;
    }

    private void endRunBefore(char c) {
        if (run > 0 && c != runOf) {
            endRun();
        }
    }

    private void endRun() {
        if (fence > 0) {
            boolean couldEnd = runOf == fenceOf && run >= fence;
            if (couldEnd && inFenceHead) {
                fence = 0;
            } else if (couldEnd && runBeganLine) {
                fenceMayEnd = true;
            }
        } else if (run >= FENCE && runBeganLine) {
            fence = run;
            fenceOf = runOf;
            inFenceHead = true;
        } else if (runOf == '`') {
            ticks = ticks == 0 ? run : ticks == run ? 0 : ticks;
        }
        run = 0;
    }

    private void endLine() {
        if (fenceMayEnd) {
            fence = 0;
            fenceMayEnd = false;
        }
        inFenceHead = false;
        lineBlank = true;
        ticks = 0;
    }
}
