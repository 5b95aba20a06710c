package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.Conversation;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Drops what a model writes for the other speakers of a conversation, whose turns it has seen behind marker lines.
 * Holds back only what may still become such a line. Where tools are offered, their parser does the same.
 */
final class PlayedTurnFilter implements AnswerListener {

    private static final String BOUNDARY = "=== [0-9a-f]{12} ";
    private static final Pattern MARKED = Pattern.compile(BOUNDARY);
    private static final String LINE = "\\n*+" + BOUNDARY + "(?:user|assistant|system|tool|end)";
    private static final Pattern TURN = Pattern.compile(LINE + "(?:\\n| \\()");
    private static final Pattern TURN_AT_END = Pattern.compile(LINE);

    /** Most line feeds that are held back. */
    private static final int MOST_LINES = 4;

    private final AnswerListener next;
    /** Line feeds, and the beginning of the line behind them. */
    private final StringBuilder held = new StringBuilder();

    private boolean begun;
    private boolean dropping;

    PlayedTurnFilter(AnswerListener next) {
        this.next = next;
    }

    /** Whether the model is shown turns behind marker lines, and no message contains such a line. */
    static boolean concerns(Conversation conversation) {
        return conversation.turns().size() > 1
                && conversation.turns().stream()
                        .noneMatch(message -> MARKED.matcher(message.text()).find());
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Text text) {
            if (begun && held.isEmpty() && !dropping && text.text().indexOf('\n') < 0) {
                next.on(text);
            } else {
                text(text.text());
            }
            return;
        }
        if (event instanceof Finished && TURN_AT_END.matcher(held).matches()) {
            held.setLength(0);
        }
        if (event instanceof Finished || event instanceof AnswerEvent.ToolCallOpened) {
            send(held);
            held.setLength(0);
        }
        next.on(event);
    }

    private void text(String piece) {
        var passed = new StringBuilder(piece.length());
        for (int i = 0; i < piece.length() && !dropping; i++) {
            char c = piece.charAt(i);
            boolean line = c == '\n' || c == '=' && !begun;
            begun = true;
            if (held.isEmpty() && !line) {
                passed.append(c);
            } else {
                hold(c, passed);
            }
        }
        send(passed);
    }

    private void hold(char c, StringBuilder passed) {
        boolean blank = held.indexOf("=") < 0;
        if (c == '\n' && !blank && !TURN_AT_END.matcher(held).matches()) {
            release(passed);
            blank = true;
        }
        held.append(c);
        if (c == '\n' && blank) {
            if (held.length() > MOST_LINES) {
                passed.append(c);
                held.setLength(MOST_LINES);
            }
            return;
        }
        Matcher turn = TURN.matcher(held);
        if (turn.matches()) {
            dropping = true;
            held.setLength(0);
        } else if (!turn.hitEnd()) {
            release(passed);
        }
    }

    private void release(StringBuilder passed) {
        passed.append(held);
        held.setLength(0);
    }

    private void send(StringBuilder text) {
        if (!text.isEmpty()) {
            next.on(new Text(text.toString()));
        }
    }
}
