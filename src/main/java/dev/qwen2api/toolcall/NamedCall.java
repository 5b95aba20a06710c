package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.List;
import java.util.Optional;

/**
 * The name of a tool in front of the object of its arguments. Between marks, Kimi, DeepSeek and Mistral write it so:
 * between the two may stand blanks, a separating mark and the head of a fence; in front of the name, the word {@code
 * function} and such a mark. Outside, ReAct and Qwen-Agent write labelled lines.
 *
 * @param verdict whether there is one
 * @param tool the name of the tool
 * @param end where the arguments begin
 */
record NamedCall(MatchResult verdict, String tool, int end) {

    private record Labels(String name, String arguments) {}

    private static final List<Labels> LABELS =
            List.of(new Labels("Action:", "Action Input:"), new Labels("\u273fFUNCTION\u273f:", "\u273fARGS\u273f:"));

    private static final int LONGEST_NAME = 128;
    private static final int MOST_BLANKS = 64;

    private static final NamedCall NONE = new NamedCall(MatchResult.NO, "", 0);
    private static final NamedCall MORE = new NamedCall(MatchResult.MORE, "", 0);

    /** Whether labelled lines may begin with {@code c}. */
    static boolean mayBeginLabels(char c) {
        return LABELS.stream().anyMatch(form -> form.name.charAt(0) == c);
    }

    /** Looks for labelled lines at the reading position, which is at the start of a line. */
    static NamedCall labelled(ReaderContext context) {
        NamedCall found = NONE;
        for (Labels form : LABELS) {
            found = found.verdict == MatchResult.NO ? labelled(context, form) : found;
        }
        return found;
    }

    private static NamedCall labelled(ReaderContext context, Labels form) {
        TextBuffer textBuffer = context.buffer();
        MatchResult label = textBuffer.startsWith(textBuffer.at(), form.name);
        if (label != MatchResult.YES) {
            return label == MatchResult.MORE ? MORE : NONE;
        }
        int from = textBuffer.at() + form.name.length();
        int to = from;
        while (to < textBuffer.length() && to - from < LONGEST_NAME && textBuffer.charAt(to) != '\n') {
            to++;
        }
        if (to >= textBuffer.length()) {
            return outOfText(textBuffer);
        }
        Optional<String> tool = context.tools().callable(textBuffer.slice(from, to));
        int second = textBuffer.skipBlanks(to, to + MOST_BLANKS);
        MatchResult arguments = tool.isEmpty() ? MatchResult.NO : textBuffer.startsWith(second, form.arguments);
        if (arguments != MatchResult.YES) {
            return arguments == MatchResult.MORE ? MORE : NONE;
        }
        int end = second + form.arguments.length();
        return object(textBuffer, tool.get(), textBuffer.skipBlanks(end, end + MOST_BLANKS));
    }

    private static NamedCall object(TextBuffer textBuffer, String tool, int at) {
        if (at >= textBuffer.length()) {
            return outOfText(textBuffer);
        }
        return textBuffer.charAt(at) == '{' ? new NamedCall(MatchResult.YES, tool, at) : NONE;
    }

    private static NamedCall outOfText(TextBuffer textBuffer) {
        return textBuffer.ended() ? NONE : MORE;
    }

    /** Looks for a name between marks, at the reading position. */
    static NamedCall betweenMarks(ReaderContext context) {
        TextBuffer textBuffer = context.buffer();
        int from = textBuffer.at();
        int to = nameEnd(textBuffer, from);
        if (to >= textBuffer.length() && to - from < LONGEST_NAME) {
            return outOfText(textBuffer);
        }
        String name = textBuffer.slice(from, to);
        if (name.equals("function")) {
            return behindWord(context, to);
        }
        return context.tools().callable(name).isPresent() ? behind(textBuffer, name, to) : NONE;
    }

    private static NamedCall behindWord(ReaderContext context, int from) {
        TextBuffer textBuffer = context.buffer();
        CallTag mark = CallTagMatcher.at(textBuffer, from);
        if (mark.type() == CallTag.TagType.MORE) {
            return MORE;
        }
        if (mark.type() != CallTag.TagType.SEPARATOR) {
            return NONE;
        }
        int to = nameEnd(textBuffer, mark.end());
        if (to >= textBuffer.length()) {
            return outOfText(textBuffer);
        }
        return behind(textBuffer, textBuffer.slice(mark.end(), to), to);
    }

    /** Looks for the arguments behind the name and at most one mark. */
    private static NamedCall behind(TextBuffer textBuffer, String name, int nameEnd) {
        int i = textBuffer.skipBlanks(nameEnd, nameEnd + MOST_BLANKS);
        CallTag mark = i < textBuffer.length() ? CallTagMatcher.at(textBuffer, i) : CallTag.NONE;
        if (mark.type() == CallTag.TagType.MORE) {
            return MORE;
        }
        if (mark.type() == CallTag.TagType.SEPARATOR) {
            i = textBuffer.skipBlanks(mark.end(), mark.end() + MOST_BLANKS);
        }
        if (i >= textBuffer.length()) {
            return outOfText(textBuffer);
        }
        return textBuffer.charAt(i) == '`' ? behindFence(textBuffer, name, i) : object(textBuffer, name, i);
    }

    private static NamedCall behindFence(TextBuffer textBuffer, String name, int from) {
        for (int i = from; i < from + FenceHeader.SHORTEST + FenceHeader.LONGEST_INFO + MOST_BLANKS; i++) {
            if (i >= textBuffer.length()) {
                return outOfText(textBuffer);
            }
            char c = textBuffer.charAt(i);
            if (c == '{') {
                return new NamedCall(MatchResult.YES, name, i);
            }
            if (c != '`' && !TextBuffer.isBlank(c) && !Character.isLetter(c)) {
                return NONE;
            }
        }
        return NONE;
    }

    private static int nameEnd(TextBuffer textBuffer, int from) {
        int to = from;
        while (to < textBuffer.length() && to - from < LONGEST_NAME && isNamePart(textBuffer.charAt(to))) {
            to++;
        }
        return to;
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '/';
    }
}
