package dev.qwen2api.chat;

import java.util.List;
import java.util.Optional;

/**
 * A model name split into base name and suffix.
 *
 * @param base the name without the suffix
 * @param suffix the wish
 */
record ModelName(String base, Suffix suffix) {

    /** The wishes that a name can carry. Longer suffixes come first, because some end in others. */
    enum Suffix {
        THINKING_SEARCH("-thinking-search", ChatType.SEARCH, true),
        IMAGE_EDIT("-image-edit", ChatType.IMAGE_EDIT, false),
        THINKING("-thinking", ChatType.TEXT, true),
        SEARCH("-search", ChatType.SEARCH, false),
        IMAGE("-image", ChatType.IMAGE, false),
        VIDEO("-video", ChatType.VIDEO, false);

        private final String text;
        private final ChatType type;
        private final boolean thinking;

        Suffix(String text, ChatType type, boolean thinking) {
            this.text = text;
            this.type = type;
            this.thinking = thinking;
        }

        String text() {
            return text;
        }

        ChatType type() {
            return type;
        }

        boolean thinking() {
            return thinking;
        }

        /** Whether {@code model} can do what this suffix wishes for. */
        boolean suits(Model model) {
            return (!thinking || model.thinking()) && model.chatTypes().contains(type.wire());
        }
    }

    static Optional<ModelName> parse(String name) {
        return List.of(Suffix.values()).stream()
                .filter(suffix -> name.endsWith(suffix.text) && name.length() > suffix.text.length())
                .findFirst()
                .map(suffix -> new ModelName(name.substring(0, name.length() - suffix.text.length()), suffix));
    }
}
