package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.List;

/** Recognises lines with which a model begins to write a tool's result or another speaker's turn. */
final class PlayedTurn {

    /** What begins a result, where a call stands before it. */
    private static final List<String> RESULTS = List.of("Observation:", "\u273fRESULT\u273f");

    private static final List<String> ROLES = List.of("user", "system", "tool", "assistant", "end");
    private static final int LONGEST_BOUNDARY = 64;

    private PlayedTurn() {}

    static boolean mayBeginWith(char c) {
        return c == '=' || RESULTS.stream().anyMatch(label -> label.charAt(0) == c);
    }

    /** Whether such a line begins at the reading position, which is at the start of a line. */
    static MatchResult at(TextBuffer textBuffer, boolean afterCall) {
        MatchResult turn = marker(textBuffer);
        for (String label : afterCall ? RESULTS : List.<String>of()) {
            turn = turn == MatchResult.NO ? textBuffer.startsWith(textBuffer.at(), label) : turn;
        }
        return turn;
    }

    /** Whether the line is the transcript's marker of a turn: {@code === boundary role}. */
    private static MatchResult marker(TextBuffer textBuffer) {
        MatchResult signs = textBuffer.startsWith(textBuffer.at(), "=== ");
        if (signs != MatchResult.YES) {
            return signs;
        }
        int from = textBuffer.at() + 4;
        int to = from;
        while (to < textBuffer.length() && to - from <= LONGEST_BOUNDARY && isHex(textBuffer.charAt(to))) {
            to++;
        }
        if (to >= textBuffer.length()) {
            return textBuffer.outOfText(MatchResult.NO);
        }
        if (textBuffer.charAt(to) != ' ' || to - from < 8) {
            return MatchResult.NO;
        }
        MatchResult found = MatchResult.NO;
        for (String role : ROLES) {
            found = found == MatchResult.NO ? textBuffer.startsWith(to + 1, role) : found;
        }
        return found;
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
    }
}
