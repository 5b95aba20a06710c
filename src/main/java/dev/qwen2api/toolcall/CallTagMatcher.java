package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.CallTag.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises a {@link CallTag} at a position. Models get the word right far more often than the rest of the mark, so whatever
 * stands between the word and the closing bracket is forgiven: what follows decides whether it was a call.
 */
final class CallTagMatcher {

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

    /** The mark that begins at {@code start}, {@link CallTag#NONE}, or {@link CallTag#MORE} if that cannot be told yet. */
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
        Kind kind = words.kindOf(word.toString());
        return closing ? closer(kind) : opener(kind);
    }

    /** Reads the longest word; a part of a longer word is none ({@code <toolcaller>}). */
    private MatchResult readWord() {
        int i = end;
        boolean joined = false;
        while (i < textBuffer.length()) {
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
        return textBuffer.outOfText(isWord());
    }

    private MatchResult isWord() {
        return words.kindOf(word.toString()) == Kind.NONE ? MatchResult.NO : MatchResult.YES;
    }

    private CallTag closer(Kind kind) {
        for (int i = end; i < Math.min(textBuffer.length(), end + LONGEST_TAIL); i++) {
            char c = textBuffer.charAt(i);
            if (c == words.closingBracket()) {
                return isWhole(i) ? new CallTag(closerOf(kind), "", afterBracket(i)) : CallTag.MORE;
            }
            if (c == '<' || c == '{' || c == '\n' && !isBlank(end, i)) {
                return CallTag.NONE;
            }
        }
        if (end + LONGEST_TAIL <= textBuffer.length()) {
            return CallTag.NONE;
        }
        return textBuffer.ended() ? new CallTag(closerOf(kind), "", textBuffer.length()) : CallTag.MORE;
    }

    private static Kind closerOf(Kind kind) {
        return switch (kind) {
            case FUNCTION -> Kind.FUNCTION_END;
            case PARAMETER -> Kind.PARAMETER_END;
            default -> Kind.CLOSE;
        };
    }

    private CallTag opener(Kind kind) {
        for (int i = end; i < Math.min(textBuffer.length(), end + LONGEST_TAIL); i++) {
            char c = textBuffer.charAt(i);
            if (c == words.closingBracket()) {
                return isWhole(i) ? named(kind, i, afterBracket(i)) : CallTag.MORE;
            }
            boolean nothingBetween = isBlank(end, i);
            if ((c == '{' || c == '[') && kind == Kind.OPEN && nothingBetween) {
                return new CallTag(kind, "", i);
            }
            if (c == '\n' && !nothingBetween) {
                return kind == Kind.FUNCTION || kind == Kind.PARAMETER ? named(kind, i, i) : CallTag.NONE;
            }
            if (c == '<' || c == '{') {
                return CallTag.NONE;
            }
        }
        return textBuffer.ended() || end + LONGEST_TAIL <= textBuffer.length() ? CallTag.NONE : CallTag.MORE;
    }

    /** Finishes an opener: one that names a function is the call of it, whatever its word. */
    private CallTag named(Kind kind, int tailEnd, int tagEnd) {
        String tail = textBuffer.slice(end, tailEnd);
        Matcher name = NAMED.matcher(tail);
        if (!name.matches() && (kind == Kind.FUNCTION || kind == Kind.PARAMETER)) {
            name = ASSIGNED.matcher(tail);
        }
        if (name.matches()) {
            return new CallTag(kind == Kind.OPEN ? Kind.FUNCTION : kind, name.group(1), tagEnd);
        }
        if (word.toString().equals("function")) {
            return new CallTag(Kind.OPEN, "", tagEnd);
        }
        return kind == Kind.FUNCTION || kind == Kind.PARAMETER ? CallTag.NONE : new CallTag(kind, "", tagEnd);
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

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!TextBuffer.isBlank(textBuffer.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBar(char c) {
        return c == '|' || c == '\uff5c';
    }
}
