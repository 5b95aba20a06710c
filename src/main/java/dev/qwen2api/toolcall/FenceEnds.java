package dev.qwen2api.toolcall;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The lines that can close a Markdown fence in a text that has ended, found by reading it once: only those that no
 * longer line of their kind follows, because the readers only ask whether one stands behind a position.
 */
final class FenceEnds {

    /** A line of nothing but marks: the position of the first, and how many of its kind stand there. */
    private record End(int at, int length) {}

    private final Deque<End> backticks = new ArrayDeque<>();
    private final Deque<End> tildes = new ArrayDeque<>();

    /** Reads a text from a position to its end. */
    FenceEnds(TextBuffer textBuffer, int from) {
        int at = from;
        while (at < textBuffer.length()) {
            at = line(textBuffer, at);
        }
    }

    /** Reads the rest of one line and returns where the next begins. */
    private int line(TextBuffer textBuffer, int from) {
        int first = from;
        while (isBlank(textBuffer, first)) {
            first++;
        }
        char mark = first < textBuffer.length() ? textBuffer.charAt(first) : '\n';
        int behind = first;
        while (behind < textBuffer.length() && mark != '\n' && textBuffer.charAt(behind) == mark) {
            behind++;
        }
        int end = behind;
        while (isBlank(textBuffer, end) || isMark(textBuffer, end)) {
            end++;
        }
        if (end >= textBuffer.length() || textBuffer.charAt(end) == '\n') {
            add(mark, new End(first, behind - first));
        }
        while (end < textBuffer.length() && textBuffer.charAt(end) != '\n') {
            end++;
        }
        return end + 1;
    }

    private static boolean isBlank(TextBuffer textBuffer, int at) {
        return at < textBuffer.length() && textBuffer.charAt(at) != '\n' && TextBuffer.isBlank(textBuffer.charAt(at));
    }

    private static boolean isMark(TextBuffer textBuffer, int at) {
        return at < textBuffer.length() && (textBuffer.charAt(at) == '`' || textBuffer.charAt(at) == '~');
    }

    private void add(char mark, End end) {
        if (mark == '`' || mark == '~') {
            Deque<End> ends = mark == '`' ? backticks : tildes;
            while (!ends.isEmpty() && ends.getLast().length() <= end.length()) {
                ends.removeLast();
            }
            ends.addLast(end);
        }
    }

    /** Whether a line behind {@code from} closes a fence of {@code length} marks; positions that are asked for grow. */
    boolean closes(char mark, int length, int from) {
        Deque<End> ends = mark == '`' ? backticks : tildes;
        while (!ends.isEmpty() && ends.getFirst().at() < from) {
            ends.removeFirst();
        }
        return !ends.isEmpty() && ends.getFirst().length() >= length;
    }
}
