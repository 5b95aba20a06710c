package dev.qwen2api.api.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes strings as JSON in UTF-8, for the hot path of streaming. Half a surrogate pair becomes U+FFFD. */
public final class JsonStringWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonStringWriter() {}

    /** Appends {@code text} with its quotes. */
    public static void quote(String text, ByteArrayOutputStream out) {
        byte[] bytes = utf8(WellFormedText.text(text));
        out.write('"');
        int written = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte c = bytes[i];
            boolean partOfLonger = c < 0;
            if (!partOfLonger && (c < ' ' || c == '"' || c == '\\' || c == 0x7f)) {
                out.write(bytes, written, i - written);
                escape(c, out);
                written = i + 1;
            }
        }
        out.write(bytes, written, bytes.length - written);
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

    private static void escape(byte c, ByteArrayOutputStream out) {
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

    private static void control(byte c, ByteArrayOutputStream out) {
        escaped('u', out);
        out.write('0');
        out.write('0');
        out.write(HEX[c >> 4]);
        out.write(HEX[c & 0xf]);
    }
}
