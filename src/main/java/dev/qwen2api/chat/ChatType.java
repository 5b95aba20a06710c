package dev.qwen2api.chat;

import dev.qwen2api.failure.RequestKind;
import java.util.Arrays;
import java.util.Optional;

/** The kinds of answer, by the service's own names. */
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

    /** The kind of request that limits are kept for. */
    public RequestKind requestKind() {
        return switch (this) {
            case TEXT, SEARCH -> RequestKind.CHAT;
            case IMAGE, IMAGE_EDIT -> RequestKind.PICTURE;
            case VIDEO -> RequestKind.VIDEO;
        };
    }

    public static Optional<ChatType> ofWire(String name) {
        return Arrays.stream(values()).filter(type -> type.wire.equals(name)).findFirst();
    }
}
