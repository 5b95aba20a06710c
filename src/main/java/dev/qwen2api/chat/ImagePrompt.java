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
            case IMAGE -> drawn(conversation, withoutPictures(lastWish(conversation)));
            case VIDEO -> drawn(conversation, firstPicture(lastWish(conversation)));
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
        return new ImagePrompt(
                Conversation.drawing(conversation.model(), pictures, wish, conversation.options()), ratio);
    }

    private static Message lastWish(Conversation conversation) {
        return conversation.turns().stream()
                .filter(message -> message.role() == Role.USER)
                .reduce((earlier, later) -> later)
                .orElseThrow(
                        () -> Problem.invalid("messages", "There is no message of the user that says what to make.")
                                .toException());
    }

    private static List<Media> withoutPictures(Message wish) {
        List<Media> shown = Media.in(wish);
        if (!shown.isEmpty()) {
            throw Problem.invalid(
                            shown.get(0).path(),
                            "A picture is drawn from words alone. To change a picture, ask with 'chat_type':"
                                    + " 'image_edit' or a model name that ends in -image-edit.")
                    .toException();
        }
        return List.of();
    }

    /** The picture that a video begins with: the service takes one (section 13 row 15, 2026-09). */
    private static List<Media> firstPicture(Message wish) {
        List<Media> shown = Media.in(wish);
        if (shown.size() > 1) {
            throw Problem.invalid(shown.get(1).path(), "A video begins with one picture: send no second one.")
                    .toException();
        }
        if (!shown.isEmpty() && !isPicture(shown.get(0))) {
            throw Problem.invalid(shown.get(0).path(), "A video is made from words, or from words and one picture.")
                    .toException();
        }
        return shown;
    }

    /** The conversation with the format in words, for a model that takes it from there. */
    Conversation saying(Optional<String> format) {
        if (format.isEmpty()) {
            return conversation;
        }
        Message wish = conversation.turns().get(0);
        var parts = new ArrayList<>(wish.parts());
        parts.add(new Message.Text("\n\nAspect ratio: " + format.get()));
        return conversation.withTurns(List.of(Message.of(wish.role(), parts)));
    }

    /** Whether the last message of the user shows a picture. */
    static boolean showsPicture(Conversation conversation) {
        return Media.in(lastWish(conversation)).stream().anyMatch(ImagePrompt::isPicture);
    }

    /** Those of the last message; where it shows none, the last one that was shown before, by whomever. */
    private static List<Media> pictures(Conversation conversation) {
        List<Media> shown = Media.in(lastWish(conversation)).stream()
                .filter(ImagePrompt::isPicture)
                .toList();
        return shown.isEmpty() ? List.of(lastPicture(conversation)) : shown;
    }

    private static Media lastPicture(Conversation conversation) {
        return conversation.turns().stream()
                .flatMap(message -> message.role() == Role.ASSISTANT
                        ? Stream.concat(Media.in(message).stream(), linked(message))
                        : Media.in(message).stream())
                .filter(ImagePrompt::isPicture)
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> Problem.invalid(
                                "messages",
                                "There is no picture to edit: send one as an 'image_url' part of the last message.")
                        .toException());
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
