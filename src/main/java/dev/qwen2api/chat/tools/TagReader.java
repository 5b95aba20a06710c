package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.tools.Tag.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises a {@link Tag} at a position. Models get the word right far more often than the rest of the mark, so whatever
 * stands between the word and the closing bracket is forgiven: what follows decides whether it was a call.
 */
final class TagReader {

    /** Longest distance from the word to the closing bracket. */
    private static final int LONGEST_TAIL = 128;

    private static final Pattern ASSIGNED = Pattern.compile("\\s*[=:]\\s*[\"']?([^\"'>\\s]+).*", Pattern.DOTALL);
    private static final Pattern NAMED = Pattern.compile("\\s.*?\\bname\\s*=\\s*[\"']?([^\"'>\\s]+).*", Pattern.DOTALL);

    private final Tape tape;
    private final TagWords words;
    private final boolean closing;

    /** The word read so far, and the position behind it. */
    private final StringBuilder word = new StringBuilder();

    private int end;

    private TagReader(Tape tape, TagWords words, boolean closing, int wordStart) {
        this.tape = tape;
        this.words = words;
        this.closing = closing;
        this.end = wordStart;
    }

    /** The mark that begins at {@code start}, {@link Tag#NONE}, or {@link Tag#MORE} if that cannot be told yet. */
    static Tag at(Tape tape, int start) {
        return switch (tape.charAt(start)) {
            case '<' -> angle(tape, start);
            case '[' -> bracketed(tape, start + 1, TagWords.SQUARE);
            case '#' -> hashes(tape, start);
            default -> Tag.NONE;
        };
    }

    private static Tag angle(Tape tape, int start) {
        boolean piped = start + 1 < tape.length() && isBar(tape.charAt(start + 1));
        return bracketed(tape, piped ? start + 2 : start + 1, piped ? TagWords.PIPED : TagWords.ANGLE);
    }

    private static Tag hashes(Tape tape, int start) {
        if (start + 1 >= tape.length()) {
            return tape.ended() ? Tag.NONE : Tag.MORE;
        }
        return tape.charAt(start + 1) == '#' ? bracketed(tape, start + 2, TagWords.HASHES) : Tag.NONE;
    }

    private static Tag bracketed(Tape tape, int inside, TagWords words) {
        boolean closing = inside < tape.length() && tape.charAt(inside) == '/';
        return new TagReader(tape, words, closing, closing ? inside + 1 : inside).read();
    }

    private Tag read() {
        Verdict known = readWord();
        if (known != Verdict.YES) {
            return known == Verdict.MORE ? Tag.MORE : Tag.NONE;
        }
        Kind kind = words.kindOf(word.toString());
        return closing ? closer(kind) : opener(kind);
    }

    /** Reads the longest word; a part of a longer word is none ({@code <toolcaller>}). */
    private Verdict readWord() {
        int i = end;
        boolean joined = false;
        while (i < tape.length()) {
            char c = tape.charAt(i);
            if (words.isJoint(c) && word.length() > 0) {
                joined = true;
            } else if (Character.isLetter(c)) {
                word.append(Character.toLowerCase(c));
                if (!words.startsLike(word)) {
                    word.setLength(word.length() - 1);
                    return joined ? isWord() : Verdict.NO;
                }
                joined = false;
                end = i + 1;
            } else {
                return isWord();
            }
            i++;
        }
        return tape.outOfText(isWord());
    }

    private Verdict isWord() {
        return words.kindOf(word.toString()) == Kind.NONE ? Verdict.NO : Verdict.YES;
    }

    private Tag closer(Kind kind) {
        for (int i = end; i < Math.min(tape.length(), end + LONGEST_TAIL); i++) {
            char c = tape.charAt(i);
            if (c == words.closingBracket()) {
                return isWhole(i) ? new Tag(closerOf(kind), "", afterBracket(i)) : Tag.MORE;
            }
            if (c == '<' || c == '{' || c == '\n' && !isBlank(end, i)) {
                return Tag.NONE;
            }
        }
        if (end + LONGEST_TAIL <= tape.length()) {
            return Tag.NONE;
        }
        return tape.ended() ? new Tag(closerOf(kind), "", tape.length()) : Tag.MORE;
    }

    private static Kind closerOf(Kind kind) {
        return switch (kind) {
            case FUNCTION -> Kind.FUNCTION_END;
            case PARAMETER -> Kind.PARAMETER_END;
            default -> Kind.CLOSE;
        };
    }

    private Tag opener(Kind kind) {
        for (int i = end; i < Math.min(tape.length(), end + LONGEST_TAIL); i++) {
            char c = tape.charAt(i);
            if (c == words.closingBracket()) {
                return isWhole(i) ? named(kind, i, afterBracket(i)) : Tag.MORE;
            }
            boolean nothingBetween = isBlank(end, i);
            if ((c == '{' || c == '[') && kind == Kind.OPEN && nothingBetween) {
                return new Tag(kind, "", i);
            }
            if (c == '\n' && !nothingBetween) {
                return kind == Kind.FUNCTION || kind == Kind.PARAMETER ? named(kind, i, i) : Tag.NONE;
            }
            if (c == '<' || c == '{') {
                return Tag.NONE;
            }
        }
        return tape.ended() || end + LONGEST_TAIL <= tape.length() ? Tag.NONE : Tag.MORE;
    }

    /** Finishes an opener: one that names a function is the call of it, whatever its word. */
    private Tag named(Kind kind, int tailEnd, int tagEnd) {
        String tail = tape.slice(end, tailEnd);
        Matcher name = NAMED.matcher(tail);
        if (!name.matches() && (kind == Kind.FUNCTION || kind == Kind.PARAMETER)) {
            name = ASSIGNED.matcher(tail);
        }
        if (name.matches()) {
            return new Tag(kind == Kind.OPEN ? Kind.FUNCTION : kind, name.group(1), tagEnd);
        }
        if (word.toString().equals("function")) {
            return new Tag(Kind.OPEN, "", tagEnd);
        }
        return kind == Kind.FUNCTION || kind == Kind.PARAMETER ? Tag.NONE : new Tag(kind, "", tagEnd);
    }

    /** Whether all of the closing bracket is here, which is two characters with {@link TagWords#HASHES}. */
    private boolean isWhole(int bracket) {
        return words != TagWords.HASHES || bracket + 1 < tape.length() || tape.ended();
    }

    private int afterBracket(int bracket) {
        int next = bracket + 1;
        return words == TagWords.HASHES && next < tape.length() && tape.charAt(next) == '#' ? next + 1 : next;
    }

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Tape.isBlank(tape.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBar(char c) {
        return c == '|' || c == '\uff5c';
    }
}
