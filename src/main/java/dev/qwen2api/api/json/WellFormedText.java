package dev.qwen2api.api.json;

/** Replaces unpaired surrogates, which JSON escapes can spell and no encoding can carry, by U+FFFD. */
public final class WellFormedText {

    private static final char REPLACEMENT = '\uFFFD';

    private WellFormedText() {}

    public static String text(String text) {
        int broken = firstLone(text);
        if (broken < 0) {
            return text;
        }
        var mended = new StringBuilder(text);
        for (int at = broken; at >= 0; at = firstLone(mended)) {
            mended.setCharAt(at, REPLACEMENT);
        }
        return mended.toString();
    }

    private static int firstLone(CharSequence text) {
        int i = 0;
        while (i < text.length()) {
            int codePoint = Character.codePointAt(text, i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                return i;
            }
            i += Character.charCount(codePoint);
        }
        return -1;
    }
}
