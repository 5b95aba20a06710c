package dev.qwen2api.chat;

import java.util.Arrays;
import java.util.Optional;

/** What kind of answer the upstream is asked for, by its own names. */
public enum ChatType {
    TEXT("t2t"),
    SEARCH("search"),
    IMAGE("t2i"),
    IMAGE_EDIT("image_edit"),
    VIDEO("t2v");

    private final String wire;

    ChatType(String wire) {
        this.wire = wire;
    }

    /** The name that clients and the upstream use, for example {@code t2t}. */
    public String wire() {
        return wire;
    }

    public static Optional<ChatType> ofWire(String name) {
        return Arrays.stream(values()).filter(type -> type.wire.equals(name)).findFirst();
    }
}
