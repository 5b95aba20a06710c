package dev.qwen2api.chat;

import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The part of a conversation that picture generation needs: the last prompt, and the pictures to edit. Pure.
 *
 * @param conversation the wish alone, as one turn of the user; the whole conversation where nothing is drawn
 * @param ratio the format that the wish itself names as {@code @16:9}
 */
record ImagePrompt(Conversation conversation, Optional<String> ratio) {

    private static final Pattern RATIO = Pattern.compile("(?<!\\S)@(\\d{1,5}\\s?[:xX*\\uFF1A]\\s?\\d{1,5})(?!\\S)");
    private static final Pattern MARKDOWN =
            Pattern.compile("!\\[[^\\]]{0,300}\\]\\(\\s{0,9}<?(https?://[^\\s()<>]{1,4000})", Pattern.CASE_INSENSITIVE);

    /**
     * Cuts out what concerns the kind of answer.
     *
     * @throws ProblemException when the words are missing, or the picture that is to be edited, or a picture is too
     *     much
     */
    static ImagePrompt of(Conversation conversation, ChatType type) {
        return switch (type) {
            case TEXT, SEARCH -> new ImagePrompt(conversation, Optional.empty());
            case IMAGE, VIDEO -> drawn(conversation, withoutPictures(lastWish(conversation), type));
            case IMAGE_EDIT -> drawn(conversation, pictures(conversation));
        };
    }

    private static ImagePrompt drawn(Conversation conversation, List<Media> pictures) {
        String words = lastWish(conversation).text();
        Matcher named = RATIO.matcher(words);
        Optional<String> ratio = named.find()
                ? AspectRatio.nearest(named.group(1).replace('\uFF1A', ':')).map(AspectRatio::wire)
                : Optional.empty();
        String wish =
                ratio.isEmpty() ? words : (words.substring(0, named.start()) + words.substring(named.end())).strip();
        if (wish.isBlank()) {
            throw Problem.invalid("messages", "The last message of the user must say in words what is to be made.")
                    .toException();
        }
        var parts = new ArrayList<Message.Part>(pictures);
        parts.add(new Message.Text(wish));
        var alone = new Message(Role.USER, parts, List.of(), "");
        return new ImagePrompt(
                new Conversation(
                        conversation.model(),
                        List.of(alone),
                        List.of(),
                        Conversation.ToolChoice.NONE,
                        conversation.options()),
                ratio);
    }

    private static Message lastWish(Conversation conversation) {
        return conversation.turns().stream()
                .filter(message -> message.role() == Role.USER)
                .reduce((earlier, later) -> later)
                .orElseThrow(
                        () -> Problem.invalid("messages", "There is no message of the user that says what to make.")
                                .toException());
    }

    private static List<Media> withoutPictures(Message wish, ChatType type) {
        List<Media> shown = media(wish).toList();
        if (!shown.isEmpty()) {
            throw Problem.invalid(
                            shown.get(0).path(),
                            type == ChatType.IMAGE
                                    ? "A picture is drawn from words alone. To change a picture, ask with 'chat_type':"
                                            + " 'image_edit' or a model name that ends in -image-edit."
                                    : "A video is made from words alone: send no picture with it.")
                    .toException();
        }
        return List.of();
    }

    /** Those of the last message; where it shows none, the last one that was shown before, by whomever. */
    private static List<Media> pictures(Conversation conversation) {
        List<Media> shown =
                media(lastWish(conversation)).filter(ImagePrompt::isPicture).toList();
        return shown.isEmpty() ? List.of(lastPicture(conversation)) : shown;
    }

    private static Media lastPicture(Conversation conversation) {
        return conversation.turns().stream()
                .flatMap(message -> message.role() == Role.ASSISTANT
                        ? Stream.concat(media(message), linked(message))
                        : media(message))
                .filter(ImagePrompt::isPicture)
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> Problem.invalid(
                                "messages",
                                "There is no picture to edit: send one as an 'image_url' part of the last message.")
                        .toException());
    }

    private static Stream<Media> media(Message message) {
        return message.parts().stream().filter(Media.class::isInstance).map(Media.class::cast);
    }

    private static Stream<Media> linked(Message message) {
        return MARKDOWN.matcher(message.text())
                .results()
                .map(link -> Media.of(Media.MediaType.IMAGE, link.group(1), "", "messages"));
    }

    private static boolean isPicture(Media media) {
        return media.kind() == Media.MediaType.IMAGE || media.kind() == Media.MediaType.FILE;
    }
}
