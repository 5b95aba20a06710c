package dev.qwen2api.api.json;

/** Replaces unpaired surrogates, which JSON escapes can spell and no encoding can carry, by U+FFFD. */
public final class WellFormedText {

    private static final char REPLACEMENT = '\uFFFD';

    private WellFormedText() {}

    /** The text itself where nothing has to be replaced. Takes one pass. */
    public static String text(String text) {
        int lone = nextLone(text, 0);
        if (lone < 0) {
            return text;
        }
        var mended = new StringBuilder(text);
        for (int at = lone; at >= 0; at = nextLone(text, at + 1)) {
            mended.setCharAt(at, REPLACEMENT);
        }
        return mended.toString();
    }

    /** The first unpaired surrogate at {@code from} or after it, where no pair is cut; -1 if there is none. */
    private static int nextLone(String text, int from) {
        int i = from;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                return i;
            }
            i += Character.charCount(codePoint);
        }
        return -1;
    }
}
