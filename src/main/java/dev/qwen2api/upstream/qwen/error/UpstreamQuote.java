package dev.qwen2api.upstream.qwen.error;

/**
 * Quotes the upstream's words so that they can be shown: printable, short, and without addresses, which carry secrets.
 */
public final class UpstreamQuote {

    private static final int LONGEST = 200;

    private UpstreamQuote() {}

    public static String of(String words) {
        String harmless = words.replaceAll("https?://\\S*", "[address]")
                .replaceAll("eyJ[\\w.-]{10,}", "[token]")
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .replaceAll("[.!。！\\s]+$", "")
                .strip();
        return harmless.length() <= LONGEST ? harmless : harmless.substring(0, LONGEST) + "…";
    }
}
