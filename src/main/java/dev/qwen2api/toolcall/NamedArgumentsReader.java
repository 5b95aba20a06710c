package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;

/**
 * A function's name in front of the object of its arguments, as Kimi, DeepSeek and Mistral write it. Between the two may
 * stand blanks, a separating mark and the head of a fence; in front of the name, the word {@code function} and such a mark.
 *
 * @param verdict whether there is one
 * @param name the name as it stands there
 * @param end where the arguments begin
 */
record NamedArgumentsReader(MatchResult verdict, String name, int end) {

    private static final int LONGEST_NAME = 128;
    private static final int MOST_BLANKS = 64;

    private static final NamedArgumentsReader NONE = new NamedArgumentsReader(MatchResult.NO, "", 0);
    private static final NamedArgumentsReader MORE = new NamedArgumentsReader(MatchResult.MORE, "", 0);

    /** Looks at the reading position. */
    static NamedArgumentsReader at(ReaderContext context) {
        TextBuffer textBuffer = context.buffer();
        int from = textBuffer.at();
        int to = nameEnd(textBuffer, from);
        if (to >= textBuffer.length() && to - from < LONGEST_NAME) {
            return textBuffer.ended() ? NONE : MORE;
        }
        String name = textBuffer.slice(from, to);
        if (!name.equals("function") && context.tools().callable(name).isPresent()) {
            return behind(textBuffer, name, to);
        }
        return name.equals("function") ? behindWord(context, to) : NONE;
    }

    private static NamedArgumentsReader behindWord(ReaderContext context, int from) {
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
            return textBuffer.ended() ? NONE : MORE;
        }
        return behind(textBuffer, textBuffer.slice(mark.end(), to), to);
    }

    /** Looks for the arguments behind the name and at most one mark. */
    private static NamedArgumentsReader behind(TextBuffer textBuffer, String name, int nameEnd) {
        int i = textBuffer.skipBlanks(nameEnd, nameEnd + MOST_BLANKS);
        CallTag mark = i < textBuffer.length() ? CallTagMatcher.at(textBuffer, i) : CallTag.NONE;
        if (mark.type() == CallTag.TagType.MORE) {
            return MORE;
        }
        if (mark.type() == CallTag.TagType.SEPARATOR) {
            i = textBuffer.skipBlanks(mark.end(), mark.end() + MOST_BLANKS);
        }
        if (i >= textBuffer.length()) {
            return textBuffer.ended() ? NONE : MORE;
        }
        char c = textBuffer.charAt(i);
        if (c == '`') {
            return behindFence(textBuffer, name, i);
        }
        return c == '{' ? new NamedArgumentsReader(MatchResult.YES, name, i) : NONE;
    }

    private static NamedArgumentsReader behindFence(TextBuffer textBuffer, String name, int from) {
        for (int i = from; i < from + FenceHeader.SHORTEST + FenceHeader.LONGEST_INFO + MOST_BLANKS; i++) {
            if (i >= textBuffer.length()) {
                return textBuffer.ended() ? NONE : MORE;
            }
            char c = textBuffer.charAt(i);
            if (c == '{') {
                return new NamedArgumentsReader(MatchResult.YES, name, i);
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
