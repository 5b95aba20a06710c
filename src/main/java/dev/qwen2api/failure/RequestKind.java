package dev.qwen2api.failure;

/**
 * The kinds of request for which the service keeps separate limits (seen 2026-09; three videos a day beside open
 * chats).
 */
public enum RequestKind {
    CHAT,
    PICTURE,
    VIDEO,
    UPLOAD;

    /** The name on the wire, for example {@code chat}. */
    public String wire() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
