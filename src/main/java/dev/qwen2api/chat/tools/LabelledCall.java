package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import java.util.Optional;

/**
 * Recognises a call in the form of labelled lines: ReAct's {@code Action:} and {@code Action Input:}, and those of Qwen-Agent.
 *
 * @param verdict whether one begins here; only if it names a known tool and an object follows
 * @param tool the name of the tool
 * @param end where the arguments begin
 */
record LabelledCall(Verdict verdict, String tool, int end) {

    private record Labels(String name, String arguments) {}

    private static final List<Labels> FORMS =
            List.of(new Labels("Action:", "Action Input:"), new Labels("\u273fFUNCTION\u273f:", "\u273fARGS\u273f:"));

    private static final int LONGEST_NAME = 128;
    private static final int MOST_BLANKS = 64;

    private static final LabelledCall NONE = new LabelledCall(Verdict.NO, "", 0);
    private static final LabelledCall MORE = new LabelledCall(Verdict.MORE, "", 0);

    static boolean mayBeginWith(char c) {
        return FORMS.stream().anyMatch(form -> form.name.charAt(0) == c);
    }

    /** Looks at the reading position, which is at the start of a line. */
    static LabelledCall at(Desk desk) {
        for (Labels form : FORMS) {
            LabelledCall found = new Matcher(desk.tape(), desk.tools()).match(form);
            if (found.verdict != Verdict.NO) {
                return found;
            }
        }
        return NONE;
    }

    private static final class Matcher {

        private final Tape tape;
        private final ToolBox tools;
        private int at;

        Matcher(Tape tape, ToolBox tools) {
            this.tape = tape;
            this.tools = tools;
            this.at = tape.at();
        }

        LabelledCall match(Labels form) {
            Verdict label = label(form.name);
            if (label != Verdict.YES) {
                return label == Verdict.MORE ? MORE : NONE;
            }
            int from = at;
            while (at < tape.length() && at - from < LONGEST_NAME && tape.charAt(at) != '\n') {
                at++;
            }
            if (at >= tape.length()) {
                return tape.ended() ? NONE : MORE;
            }
            String name = tape.slice(from, at).strip();
            Optional<Tool> tool = tools.find(name);
            return tool.isPresent() ? arguments(form, name) : NONE;
        }

        private LabelledCall arguments(Labels form, String name) {
            at = tape.skipBlanks(at, at + MOST_BLANKS);
            Verdict label = label(form.arguments);
            if (label != Verdict.YES) {
                return label == Verdict.MORE ? MORE : NONE;
            }
            at = tape.skipBlanks(at, at + MOST_BLANKS);
            if (at >= tape.length()) {
                return tape.ended() ? NONE : MORE;
            }
            return tape.charAt(at) == '{' ? new LabelledCall(Verdict.YES, name, at) : NONE;
        }

        private Verdict label(String label) {
            for (int i = 0; i < label.length(); i++) {
                if (at + i >= tape.length()) {
                    return tape.outOfText(Verdict.NO);
                }
                if (tape.charAt(at + i) != label.charAt(i)) {
                    return Verdict.NO;
                }
            }
            at += label.length();
            return Verdict.YES;
        }
    }
}
