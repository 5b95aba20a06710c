package dev.qwen2api.chat;

/** How the sources of a web search are written. */
public enum SearchFormat {
    TABLE,
    LIST
}
