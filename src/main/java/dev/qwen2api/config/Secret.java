package dev.qwen2api.config;

/**
 * A text that must not be seen: an API key, a cookie, a password. {@link #toString()} shows at most its last four
 * characters, and none of a text so short that four would be most of it.
 *
 * @param reveal the text itself
 */
public record Secret(String reveal) {

    private static final int SHOWN = 4;
    private static final int LONG_ENOUGH = 12;

    @Override
    public String toString() {
        return reveal.length() < LONG_ENOUGH ? "***" : "***" + reveal.substring(reveal.length() - SHOWN);
    }
}
