package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The first line of a Markdown fence, if what follows may be a call: its language is one that models give to calls, or
 * none, and the first thing in it is a bracket.
 *
 * @param verdict whether it is one
 * @param length of the fence
 * @param language in lower case; may be empty
 * @param end where its content begins
 */
record FenceHeader(MatchResult verdict, int length, String language, int end) {

    static final int SHORTEST = 3;
    static final int LONGEST_INFO = 16;
    private static final int LONGEST = 64;

    private static final int MOST_BLANKS = 64;
    private static final FenceHeader NONE = new FenceHeader(MatchResult.NO, 0, "", 0);
    private static final FenceHeader MORE = new FenceHeader(MatchResult.MORE, 0, "", 0);

    private static final Set<String> DATA = Set.of("", "json", "jsonc", "json5", "xml");
    private static final Set<String> CALLS =
            Set.of("tool tools tool_call tool_calls toolcall tool_code tool_use function function_call function_calls"
                    .split(" ", -1));

    /** Whether the language stands for calls. */
    boolean marked() {
        return CALLS.contains(language);
    }

    /** Whether the content is a call only if nothing but calls follows the fence: it may be an example. */
    boolean mayBeExample() {
        return language.isEmpty() || language.equals("xml");
    }

    /** Reads the head at the reading position, which is at the start of a line. */
    static FenceHeader at(TextBuffer textBuffer) {
        int from = textBuffer.at();
        int run = runEnd(textBuffer, from);
        if (run >= textBuffer.length()) {
            return textBuffer.ended() ? NONE : MORE;
        }
        if (run - from < SHORTEST || run - from >= LONGEST) {
            return NONE;
        }
        int info = run;
        while (info < textBuffer.length() && info - run <= LONGEST_INFO && isInfo(textBuffer.charAt(info))) {
            info++;
        }
        String language = textBuffer.slice(run, info).toLowerCase(Locale.ROOT).replace('-', '_');
        if (info >= textBuffer.length() && !textBuffer.ended()) {
            return isBeginning(language) ? MORE : NONE;
        }
        boolean known = DATA.contains(language) || CALLS.contains(language);
        return known ? content(textBuffer, run - from, language, info) : NONE;
    }

    /** The position behind the backticks at {@code from}, of which no more than {@link #LONGEST} are looked at. */
    static int runEnd(TextBuffer textBuffer, int from) {
        int i = from;
        while (i < textBuffer.length() && i - from < LONGEST && textBuffer.charAt(i) == '`') {
            i++;
        }
        return i;
    }

    private static FenceHeader content(TextBuffer textBuffer, int length, String language, int from) {
        int content = textBuffer.skipBlanks(from, from + MOST_BLANKS);
        if (content >= textBuffer.length()) {
            return textBuffer.ended() ? NONE : MORE;
        }
        char c = textBuffer.charAt(content);
        boolean bracket = c == '{' || c == '[' || c == '<' || c == '#';
        return bracket ? new FenceHeader(MatchResult.YES, length, language, content) : NONE;
    }

    private static boolean isInfo(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }

    private static boolean isBeginning(String language) {
        return Stream.concat(DATA.stream(), CALLS.stream()).anyMatch(known -> known.startsWith(language));
    }
}
