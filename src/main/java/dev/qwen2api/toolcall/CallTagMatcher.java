package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.TagType;
import dev.qwen2api.toolcall.TextBuffer.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises a {@link CallTag} at a position. Models get the word right far more often than the rest of the mark, so
 * whatever stands between the word and the closing bracket is forgiven: what follows decides whether it was a call.
 */
final class CallTagMatcher {

    /** Longest word, with all that stands between its parts. */
    private static final int LONGEST_WORD = 64;

    /** Longest distance from the word to the closing bracket. */
    private static final int LONGEST_TAIL = 128;

    private static final Pattern ASSIGNED = Pattern.compile("\\s*[=:]\\s*[\"']?([^\"'>\\s]+).*", Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile("\\s.*?\\bname\\s*=\\s*[\"']?([^\"'>\\s]+).*", Pattern.DOTALL);

    private final TextBuffer textBuffer;
    private final TagVocabulary words;
    private final boolean closing;

    /** The word read so far, and the position behind it. */
    private final StringBuilder word = new StringBuilder();

    private int end;

    private CallTagMatcher(TextBuffer textBuffer, TagVocabulary words, boolean closing, int wordStart) {
        this.textBuffer = textBuffer;
        this.words = words;
        this.closing = closing;
        this.end = wordStart;
    }

    /**
     * The mark that begins at {@code start}, {@link CallTag#NONE}, or {@link CallTag#MORE} if that depends on more
     * text.
     */
    static CallTag at(TextBuffer textBuffer, int start) {
        return switch (textBuffer.charAt(start)) {
            case '<' -> angle(textBuffer, start);
            case '[' -> bracketed(textBuffer, start + 1, TagVocabulary.SQUARE);
            case '#' -> hashes(textBuffer, start);
            default -> CallTag.NONE;
        };
    }

    private static CallTag angle(TextBuffer textBuffer, int start) {
        boolean piped = start + 1 < textBuffer.length() && isBar(textBuffer.charAt(start + 1));
        return bracketed(textBuffer, piped ? start + 2 : start + 1, piped ? TagVocabulary.PIPED : TagVocabulary.ANGLE);
    }

    private static CallTag hashes(TextBuffer textBuffer, int start) {
        if (start + 1 >= textBuffer.length()) {
            return textBuffer.ended() ? CallTag.NONE : CallTag.MORE;
        }
        return textBuffer.charAt(start + 1) == '#'
                ? bracketed(textBuffer, start + 2, TagVocabulary.HASHES)
                : CallTag.NONE;
    }

    private static CallTag bracketed(TextBuffer textBuffer, int inside, TagVocabulary words) {
        boolean closing = inside < textBuffer.length() && textBuffer.charAt(inside) == '/';
        return new CallTagMatcher(textBuffer, words, closing, closing ? inside + 1 : inside).read();
    }

    private CallTag read() {
        MatchResult known = readWord();
        if (known != MatchResult.YES) {
            return known == MatchResult.MORE ? CallTag.MORE : CallTag.NONE;
        }
        TagType type = words.typeOf(word.toString());
        return closing ? closer(type) : opener(type);
    }

    /** Reads the longest word; a part of a longer word is none ({@code <toolcaller>}). */
    private MatchResult readWord() {
        int i = end;
        int limit = end + LONGEST_WORD;
        boolean joined = false;
        while (i < Math.min(textBuffer.length(), limit)) {
            char c = textBuffer.charAt(i);
            if (words.isJoint(c) && word.length() > 0) {
                joined = true;
            } else if (Character.isLetter(c)) {
                word.append(Character.toLowerCase(c));
                if (!words.startsLike(word)) {
                    word.setLength(word.length() - 1);
                    return joined ? isWord() : MatchResult.NO;
                }
                joined = false;
                end = i + 1;
            } else {
                return isWord();
            }
            i++;
        }
        return i < limit ? textBuffer.outOfText(isWord()) : isWord();
    }

    private MatchResult isWord() {
        return words.typeOf(word.toString()) == TagType.NONE ? MatchResult.NO : MatchResult.YES;
    }

    private CallTag closer(TagType type) {
        boolean blank = true;
        for (int i = end; i < Math.min(textBuffer.length(), end + LONGEST_TAIL); i++) {
            char c = textBuffer.charAt(i);
            if (c == words.closingBracket()) {
                return isWhole(i) ? new CallTag(closerOf(type), "", afterBracket(i)) : CallTag.MORE;
            }
            if (c == '<' || c == '{' || c == '\n' && !blank) {
                return CallTag.NONE;
            }
            blank &= TextBuffer.isBlank(c);
        }
        if (end + LONGEST_TAIL <= textBuffer.length()) {
            return CallTag.NONE;
        }
        return textBuffer.ended() ? new CallTag(closerOf(type), "", textBuffer.length()) : CallTag.MORE;
    }

    private static TagType closerOf(TagType type) {
        return switch (type) {
            case FUNCTION -> TagType.FUNCTION_END;
            case PARAMETER -> TagType.PARAMETER_END;
            case RESULT -> TagType.RESULT;
            default -> TagType.CLOSE;
        };
    }

    private CallTag opener(TagType type) {
        boolean blank = true;
        for (int i = end; i < Math.min(textBuffer.length(), end + LONGEST_TAIL); i++) {
            char c = textBuffer.charAt(i);
            if (c == words.closingBracket()) {
                return isWhole(i) ? named(type, i, afterBracket(i)) : CallTag.MORE;
            }
            if ((c == '{' || c == '[') && type == TagType.OPEN && blank) {
                return new CallTag(type, "", i);
            }
            if (c == '\n' && !blank) {
                return type == TagType.RESULT
                        ? new CallTag(type, "", i)
                        : type == TagType.FUNCTION || type == TagType.PARAMETER ? named(type, i, i) : CallTag.NONE;
            }
            if (c == '<' || c == '{') {
                return CallTag.NONE;
            }
            blank &= TextBuffer.isBlank(c);
        }
        boolean tooLong = end + LONGEST_TAIL <= textBuffer.length();
        if (!textBuffer.ended() && !tooLong) {
            return CallTag.MORE;
        }
        return type == TagType.RESULT && !tooLong ? new CallTag(type, "", textBuffer.length()) : CallTag.NONE;
    }

    /** Finishes an opener: one that names a function is the call of it, whatever its word. */
    private CallTag named(TagType type, int tailEnd, int tagEnd) {
        String tail = textBuffer.slice(end, tailEnd);
        Matcher name = NAMED.matcher(tail);
        if (!name.matches() && (type == TagType.FUNCTION || type == TagType.PARAMETER)) {
            name = ASSIGNED.matcher(tail);
        }
        if (name.matches()) {
            return new CallTag(type == TagType.OPEN ? TagType.FUNCTION : type, name.group(1), tagEnd);
        }
        if (word.toString().equals("function")) {
            return new CallTag(TagType.OPEN, "", tagEnd);
        }
        return type == TagType.FUNCTION || type == TagType.PARAMETER ? CallTag.NONE : new CallTag(type, "", tagEnd);
    }

    /** Whether all of the closing bracket is here, which is two characters with {@link TagVocabulary#HASHES}. */
    private boolean isWhole(int bracket) {
        return words != TagVocabulary.HASHES || bracket + 1 < textBuffer.length() || textBuffer.ended();
    }

    private int afterBracket(int bracket) {
        int next = bracket + 1;
        return words == TagVocabulary.HASHES && next < textBuffer.length() && textBuffer.charAt(next) == '#'
                ? next + 1
                : next;
    }

    /** Whether the text ends within a closing mark that begins at {@code start}. */
    static boolean endsInCloser(TextBuffer textBuffer, int start) {
        int inside = start + 2;
        boolean closer = textBuffer.ended()
                && inside <= textBuffer.length()
                && textBuffer.length() - start < LONGEST_TAIL
                && "<[".indexOf(textBuffer.charAt(start)) >= 0
                && textBuffer.charAt(start + 1) == '/';
        for (int i = inside; closer && i < textBuffer.length(); i++) {
            char c = textBuffer.charAt(i);
            closer = Character.isLetter(c) || c == '_' || c == '-';
        }
        return closer;
    }

    /** Whether the text ends within an angle bracket that begins at {@code start}. */
    static boolean endsInTag(TextBuffer textBuffer, int start) {
        boolean open =
                textBuffer.ended() && textBuffer.charAt(start) == '<' && textBuffer.length() - start < LONGEST_TAIL;
        for (int i = start; open && i < textBuffer.length(); i++) {
            open = textBuffer.charAt(i) != '>' && textBuffer.charAt(i) != '\n';
        }
        return open;
    }

    private static boolean isBar(char c) {
        return c == '|' || c == '\uff5c';
    }
}
