package dev.qwen2api.chat;

/** Prints sources, pictures and videos as Markdown or HTML, with URLs escaped for both. Pure. */
final class Markdown {

    private static final String UNSAFE = "()<>[]\"'`\\{}|^";

    private Markdown() {}

    /** A picture. */
    static String picture(String url) {
        return "![image](" + safe(url) + ")\n";
    }

    /**
     * A player and a link. Clients that show HTML take the address from the tag's attribute or from its text, hence
     * both; the others show the link.
     */
    static String video(String url) {
        String safe = safe(url);
        String attribute = safe.replace("&", "&amp;");
        return "<video controls src=\"" + attribute + "\">" + attribute + "</video>\n\n[Download video](" + safe
                + ")\n";
    }

    /** Whatever could end an address early in Markdown or HTML, in its escaped form, which means the same address. */
    private static String safe(String url) {
        var safe = new StringBuilder(url.length());
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c <= ' ' || c == 0x7f || UNSAFE.indexOf(c) >= 0) {
                safe.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }
}
