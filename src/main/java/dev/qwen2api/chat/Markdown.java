package dev.qwen2api.chat;

import java.util.Locale;

/** Prints links, pictures and videos as Markdown or HTML, with strangers' texts and URLs escaped for both. Pure. */
public final class Markdown {

    private static final String UNSAFE_IN_URL = "()<>[]\"'`\\{}|^";
    private static final String MARKUP = "\\`*_[]|~!#$";

    private Markdown() {}

    /** A picture. */
    static String picture(String url) {
        return "![image](" + url(url) + ")\n";
    }

    /**
     * A player and a link. Clients that show HTML take the address from the tag's attribute or from its text, hence
     * both; the others show the link.
     */
    static String video(String url) {
        String safe = url(url);
        String attribute = safe.replace("&", "&amp;");
        return "<video controls src=\"" + attribute + "\">" + attribute + "</video>\n\n[Download video](" + safe
                + ")\n";
    }

    /** A link; the title alone where the address is not one of the web. */
    public static String link(String title, String url) {
        return isWebAddress(url) ? "[" + text(title) + "](" + url(url) + ")" : text(title);
    }

    /** Whether {@code url} has the scheme {@code http} or {@code https}: others can run scripts. */
    public static boolean isWebAddress(String url) {
        String lower = url.strip().toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") || lower.startsWith("https://");
    }

    /** Escapes text for one line of Markdown that may be rendered as HTML. */
    public static String text(String text) {
        var safe = new StringBuilder(text.length());
        String line = line(text);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                default -> safe.append(MARKUP.indexOf(c) >= 0 ? "\\" : "").append(c);
            }
        }
        return safe.toString();
    }

    /** The text on one line: white space and control characters, line separators too, become single spaces. */
    public static String line(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ").strip();
    }

    /** Percent-encodes what could end an address early in Markdown or HTML; it stays the same address. */
    public static String url(String url) {
        var safe = new StringBuilder(url.length());
        for (char c : url.strip().toCharArray()) {
            if (c <= ' ' || c == 0x7f || UNSAFE_IN_URL.indexOf(c) >= 0) {
                safe.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else if (!Character.isISOControl(c) && !Character.isWhitespace(c)) {
                safe.append(c);
            }
        }
        return safe.toString();
    }
}
