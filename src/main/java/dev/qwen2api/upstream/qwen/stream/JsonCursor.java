package dev.qwen2api.upstream.qwen.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks over JSON in UTF-8 that is probably simple. What is not (a sign or a fraction in a number, an escape in a name, broken
 * UTF-8) is not read but refused, which says nothing about whether it is JSON. Used by one thread.
 */
final class JsonCursor {

    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] bytes;
    private final int end;
    private int at;
    private int nameFrom;
    private int nameTo;

    JsonCursor(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    private void skipBlanks() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
    }

    boolean isAtEnd() {
        skipBlanks();
        return at == end;
    }

    /** Goes on behind {@code expected}, if that comes next. */
    boolean eat(char expected) {
        skipBlanks();
        boolean here = at < end && bytes[at] == expected;
        at += here ? 1 : 0;
        return here;
    }

    /** Goes on behind the name of a member and its colon. */
    boolean name() {
        if (!eat('"')) {
            return false;
        }
        nameFrom = at;
        while (at < end && bytes[at] >= ' ' && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        nameTo = at;
        return at < end && bytes[at++] == '"' && eat(':');
    }

    /** Whether the member is called {@code name}, which is ASCII. */
    boolean named(byte[] name) {
        return Arrays.equals(bytes, nameFrom, nameTo, name, 0, name.length);
    }

    /** Reads a number of at most so many digits; -1 where there is none. */
    int count(int mostDigits) {
        skipBlanks();
        int from = at;
        int value = 0;
        while (at < end && at - from <= mostDigits && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + bytes[at++] - '0';
        }
        int digits = at - from;
        boolean leadingZero = digits > 1 && bytes[from] == '0';
        boolean goesOn = at < end && bytes[at] != ',' && bytes[at] != '}' && bytes[at] != ' ';
        return digits == 0 || digits > mostDigits || leadingZero || goesOn ? -1 : value;
    }

    /** Reads a string; null where there is none. */
    @Nullable
    String text() {
        if (!eat('"')) {
            return null;
        }
        int from = at;
        boolean ascii = true;
        while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
            if (bytes[at] >= 0 && bytes[at] < ' ') {
                return null;
            }
            ascii &= bytes[at++] >= 0;
        }
        if (at == end) {
            return null;
        }
        if (bytes[at] == '\\') {
            return escaped(from);
        }
        return decoded(from, at++, ascii);
    }

    private @Nullable String decoded(int from, int to, boolean ascii) {
        if (ascii) {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : null;
    }

    /** Reads the whole string that begins at {@code from}, piece by piece between its escapes. */
    private @Nullable String escaped(int from) {
        var text = new StringBuilder();
        int piece = from;
        for (; at < end && bytes[at] != '"'; piece = at) {
            while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
                if (bytes[at] >= 0 && bytes[at] < ' ') {
                    return null;
                }
                at++;
            }
            String plain = decoded(piece, at, false);
            if (plain == null || at == end) {
                return null;
            }
            text.append(plain);
            if (bytes[at] == '\\') {
                int escape = escape();
                if (escape < 0) {
                    return null;
                }
                text.append((char) escape);
            }
        }
        return at++ < end ? text.toString() : null;
    }

    /** Reads what follows a backslash, and goes on behind it; -1 where that is no escape. */
    private int escape() {
        if (at + 1 >= end) {
            return -1;
        }
        at += 2;
        return switch (bytes[at - 1]) {
            case '"', '\\', '/' -> bytes[at - 1];
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> fourHexDigits();
            default -> -1;
        };
    }

    private int fourHexDigits() {
        if (at + 4 > end) {
            return -1;
        }
        int value = 0;
        for (int last = at + 4; at < last; at++) {
            int digit = Character.digit((char) (bytes[at] & 0xff), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
