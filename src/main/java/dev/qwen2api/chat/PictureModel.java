package dev.qwen2api.chat;

import dev.qwen2api.failure.Problem;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A model that only draws, such as {@code qwen-image-3.0-pro}. The service does not list these; it takes their names
 * beside the model of the chat (section 13 row 13, 2026-09).
 *
 * @param name the service's own name
 * @param edits whether the client's name asks for an edit
 */
record PictureModel(String name, boolean edits) {

    /** The names seen in the front end (2026-09). */
    static final List<String> KNOWN = List.of("qwen-image-3.0-pro", "qwen-image-2.0-pro");

    private static final Pattern NAME = Pattern.compile("qwen-image-[a-z0-9][a-z0-9.-]{0,60}");

    /** The model of a client's name, which may carry the suffix of a picture or an edit. */
    static Optional<PictureModel> parse(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        Optional<ModelName> suffixed = ModelName.parse(name)
                .filter(parsed -> NAME.matcher(parsed.base()).matches())
                .filter(parsed ->
                        parsed.suffix() == ModelName.Suffix.IMAGE || parsed.suffix() == ModelName.Suffix.IMAGE_EDIT);
        return Optional.of(
                suffixed.map(parsed -> new PictureModel(parsed.base(), parsed.suffix() == ModelName.Suffix.IMAGE_EDIT))
                        .orElseGet(() -> new PictureModel(name, name.startsWith("qwen-image-edit"))));
    }

    /**
     * The kind of answer: a picture, or the edit of one where the last message shows one.
     *
     * @throws dev.qwen2api.failure.ProblemException when the client asks for anything but a picture
     */
    ChatType type(Conversation conversation) {
        ChatType wanted = conversation.options().chatType().orElse(ChatType.IMAGE);
        return switch (wanted) {
            case IMAGE, TEXT -> edits || ImagePrompt.showsPicture(conversation) ? ChatType.IMAGE_EDIT : ChatType.IMAGE;
            case IMAGE_EDIT -> ChatType.IMAGE_EDIT;
            case SEARCH, VIDEO ->
                throw Problem.invalid("model", "The model '" + name + "' draws pictures and nothing else.")
                        .toException();
        };
    }

    /** Whether the model takes the size from the words: the pro models hang for 300 s over pixels (2026-09). */
    boolean choosesSize() {
        return name.endsWith("-pro") || name.contains("-pro-");
    }
}
