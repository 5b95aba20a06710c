package dev.qwen2api.api.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes strings as JSON in UTF-8, for the hot path of streaming. Half a surrogate pair becomes U+FFFD. */
public final class JsonStringWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final char REPLACEMENT = '\uFFFD';

    private JsonStringWriter() {}

    /** Appends {@code text} with its quotes. */
    public static void quote(String text, ByteArrayOutputStream out) {
        out.write('"');
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c < 0x80) {
                ascii((char) c, out);
            } else if (c >= Character.MIN_SUPPLEMENTARY_CODE_POINT) {
                fourBytes(c, out);
            } else {
                twoOrThreeBytes(Character.isSurrogate((char) c) ? REPLACEMENT : (char) c, out);
            }
        }
        out.write('"');
    }

    public static byte[] quoted(String text) {
        var out = new ByteArrayOutputStream(text.length() + 2);
        quote(text, out);
        return out.toByteArray();
    }

    /** The bytes of JSON text that is complete, such as a printed tree. */
    public static byte[] utf8(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static void ascii(char c, ByteArrayOutputStream out) {
        if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f) {
            out.write(c);
            return;
        }
        switch (c) {
            case '"' -> escaped('"', out);
            case '\\' -> escaped('\\', out);
            case '\n' -> escaped('n', out);
            case '\r' -> escaped('r', out);
            case '\t' -> escaped('t', out);
            default -> control(c, out);
        }
    }

    private static void escaped(char letter, ByteArrayOutputStream out) {
        out.write('\\');
        out.write(letter);
    }

    private static void control(char c, ByteArrayOutputStream out) {
        escaped('u', out);
        out.write('0');
        out.write('0');
        out.write(HEX[c >> 4]);
        out.write(HEX[c & 0xf]);
    }

    private static void twoOrThreeBytes(char c, ByteArrayOutputStream out) {
        if (c < 0x800) {
            out.write(0xc0 | c >> 6);
        } else {
            out.write(0xe0 | c >> 12);
            out.write(0x80 | c >> 6 & 0x3f);
        }
        out.write(0x80 | c & 0x3f);
    }

    private static void fourBytes(int codePoint, ByteArrayOutputStream out) {
        out.write(0xf0 | codePoint >> 18);
        out.write(0x80 | codePoint >> 12 & 0x3f);
        out.write(0x80 | codePoint >> 6 & 0x3f);
        out.write(0x80 | codePoint & 0x3f);
    }
}
