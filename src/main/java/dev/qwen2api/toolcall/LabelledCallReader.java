package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.List;
import java.util.Optional;

/**
 * Recognises a call in the form of labelled lines: ReAct's {@code Action:} and {@code Action Input:}, and those of Qwen-Agent.
 *
 * @param verdict whether one begins here; only if it names a tool and an object follows
 * @param tool the name of the tool
 * @param end where the arguments begin
 */
record LabelledCallReader(MatchResult verdict, String tool, int end) {

    private record Labels(String name, String arguments) {}

    private static final List<Labels> FORMS =
            List.of(new Labels("Action:", "Action Input:"), new Labels("\u273fFUNCTION\u273f:", "\u273fARGS\u273f:"));

    private static final int LONGEST_NAME = 128;
    private static final int MOST_BLANKS = 64;

    private static final LabelledCallReader NONE = new LabelledCallReader(MatchResult.NO, "", 0);
    private static final LabelledCallReader MORE = new LabelledCallReader(MatchResult.MORE, "", 0);

    static boolean mayBeginWith(char c) {
        return FORMS.stream().anyMatch(form -> form.name.charAt(0) == c);
    }

    /** Looks at the reading position, which is at the start of a line. */
    static LabelledCallReader at(ReaderContext context) {
        for (Labels form : FORMS) {
            LabelledCallReader found = new Matcher(context.buffer(), context.tools()).match(form);
            if (found.verdict != MatchResult.NO) {
                return found;
            }
        }
        return NONE;
    }

    private static final class Matcher {

        private final TextBuffer textBuffer;
        private final ToolLookup tools;
        private int at;

        Matcher(TextBuffer textBuffer, ToolLookup tools) {
            this.textBuffer = textBuffer;
            this.tools = tools;
            this.at = textBuffer.at();
        }

        LabelledCallReader match(Labels form) {
            MatchResult label = label(form.name);
            if (label != MatchResult.YES) {
                return label == MatchResult.MORE ? MORE : NONE;
            }
            int from = at;
            while (at < textBuffer.length() && at - from < LONGEST_NAME && textBuffer.charAt(at) != '\n') {
                at++;
            }
            if (at >= textBuffer.length()) {
                return textBuffer.ended() ? NONE : MORE;
            }
            Optional<String> tool = tools.callable(textBuffer.slice(from, at));
            return tool.isPresent() ? arguments(form, tool.get()) : NONE;
        }

        private LabelledCallReader arguments(Labels form, String name) {
            at = textBuffer.skipBlanks(at, at + MOST_BLANKS);
            MatchResult label = label(form.arguments);
            if (label != MatchResult.YES) {
                return label == MatchResult.MORE ? MORE : NONE;
            }
            at = textBuffer.skipBlanks(at, at + MOST_BLANKS);
            if (at >= textBuffer.length()) {
                return textBuffer.ended() ? NONE : MORE;
            }
            return textBuffer.charAt(at) == '{' ? new LabelledCallReader(MatchResult.YES, name, at) : NONE;
        }

        private MatchResult label(String label) {
            MatchResult found = textBuffer.startsWith(at, label);
            at += found == MatchResult.YES ? label.length() : 0;
            return found;
        }
    }
}
