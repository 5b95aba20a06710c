package dev.qwen2api.config;

/** An API key, cookie or password, of which {@link #toString()} shows at most the last four characters. */
public record Secret(String reveal) {

    private static final int SHOWN = 4;
    private static final int LONG_ENOUGH = 12;

    @Override
    public String toString() {
        return reveal.length() < LONG_ENOUGH ? "***" : "***" + reveal.substring(reveal.length() - SHOWN);
    }
}
