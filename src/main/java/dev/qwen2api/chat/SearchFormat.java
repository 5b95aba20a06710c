package dev.qwen2api.chat;

/** The formats in which search sources are printed. */
public enum SearchFormat {
    TABLE,
    LIST
}
