package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;
import java.util.List;
import java.util.Optional;

/**
 * Ends an answer before the first of the client's stop sequences. Holds back only what may still become one, so text
 * flows at once. Thinking and the arguments of calls are not searched.
 */
public final class StopSequenceFilter implements AnswerListener {

    private final AnswerListener next;
    private final List<Matcher> matchers;
    private final StringBuilder held = new StringBuilder();
    private boolean ended;

    public StopSequenceFilter(List<String> stops, AnswerListener next) {
        this.matchers = stops.stream().map(Matcher::new).toList();
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (ended) {
            return;
        }
        if (event instanceof Text text) {
            search(text.text());
            return;
        }
        if (event instanceof AnswerEvent.Finished || event instanceof AnswerEvent.ToolCallOpened) {
            release(held.length());
            matchers.forEach(Matcher::reset);
        }
        next.on(event);
    }

    /** The sequence that is complete first wins; of those complete at once the longest, then the first named. */
    private void search(String piece) {
        int before = held.length();
        held.append(piece);
        for (int i = before; i < held.length(); i++) {
            Matcher found = null;
            for (Matcher each : matchers) {
                boolean whole = each.advance(held.charAt(i));
                found = whole && (found == null || each.sequence.length() > found.sequence.length()) ? each : found;
            }
            if (found != null) {
                release(i + 1 - found.sequence.length());
                ended = true;
                next.on(new Finished(Finished.Reason.STOP, Optional.of(found.sequence)));
                return;
            }
        }
        release(held.length() - longestBeginning());
    }

    private int longestBeginning() {
        return matchers.stream().mapToInt(each -> each.matched).max().orElse(0);
    }

    private void release(int length) {
        if (length > 0) {
            next.on(new Text(held.substring(0, length)));
            held.delete(0, length);
        }
    }

    /** Finds one sequence in a text that comes character by character, by Knuth, Morris and Pratt. */
    private static final class Matcher {

        private final String sequence;
        /** For each beginning of the sequence, the length of the longest shorter one that it ends with. */
        private final int[] fallback;

        private int matched;

        Matcher(String sequence) {
            this.sequence = sequence;
            this.fallback = new int[sequence.length()];
            for (int i = 1, length = 0; i < fallback.length; i++) {
                while (length > 0 && sequence.charAt(i) != sequence.charAt(length)) {
                    length = fallback[length - 1];
                }
                length += sequence.charAt(i) == sequence.charAt(length) ? 1 : 0;
                fallback[i] = length;
            }
        }

        /** Whether the sequence is complete with the next character. */
        boolean advance(char next) {
            while (matched > 0 && sequence.charAt(matched) != next) {
                matched = fallback[matched - 1];
            }
            matched += sequence.charAt(matched) == next ? 1 : 0;
            return matched == sequence.length();
        }

        void reset() {
            matched = 0;
        }
    }
}
