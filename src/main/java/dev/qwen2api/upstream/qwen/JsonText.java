package dev.qwen2api.upstream.qwen;

/** Measures texts in bytes of UTF-8 as JSON strings: these, not characters, are what the service limits. */
final class JsonText {

    private JsonText() {}

    static int size(String text) {
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            size += size(text.charAt(i));
        }
        return size;
    }

    private static int size(char c) {
        if (c < ' ') {
            return "\b\t\n\f\r".indexOf(c) >= 0 ? 2 : 6;
        }
        if (c < 0x80) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }

    /**
     * Index of the end of the longest beginning of {@code text} that has at most {@code most} bytes: behind a line
     * break where there is one in its second half, never between two surrogates.
     */
    static int cut(String text, int most) {
        int size = 0;
        int end = 0;
        while (end < text.length() && size + size(text.charAt(end)) <= most) {
            size += size(text.charAt(end));
            end++;
        }
        if (end == text.length()) {
            return end;
        }
        int line = text.lastIndexOf('\n', end - 1) + 1;
        if (line > end / 2) {
            return line;
        }
        return end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
    }
}
