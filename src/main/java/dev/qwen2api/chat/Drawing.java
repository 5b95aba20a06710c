package dev.qwen2api.chat;

import dev.qwen2api.chat.Turn.Role;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What of a conversation concerns whoever draws: the last wish, and for an edit the pictures that it is about. Pure.
 *
 * @param conversation the wish alone, as one turn of the user; the whole conversation where nothing is drawn
 * @param ratio the format that the wish itself names as {@code @16:9}
 */
record Drawing(Conversation conversation, Optional<String> ratio) {

    private static final Pattern RATIO = Pattern.compile("(?<!\\S)@(\\d{1,5}\\s?[:xX*\\uFF1A]\\s?\\d{1,5})(?!\\S)");
    private static final Pattern MARKDOWN =
            Pattern.compile("!\\[[^\\]]{0,300}\\]\\(\\s{0,9}<?(https?://[^\\s()<>]{1,4000})", Pattern.CASE_INSENSITIVE);

    /**
     * Cuts out what concerns the kind of answer.
     *
     * @throws ProblemException when the words are missing, or the picture that is to be edited, or a picture is too much
     */
    static Drawing of(Conversation conversation, ChatType type) {
        return switch (type) {
            case TEXT, SEARCH -> new Drawing(conversation, Optional.empty());
            case IMAGE, VIDEO -> drawn(conversation, withoutPictures(lastWish(conversation), type));
            case IMAGE_EDIT -> drawn(conversation, pictures(conversation));
        };
    }

    private static Drawing drawn(Conversation conversation, List<Media> pictures) {
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
        var parts = new ArrayList<Turn.Part>(pictures);
        parts.add(new Turn.Text(wish));
        var alone = new Turn(Role.USER, parts, List.of(), "");
        return new Drawing(
                new Conversation(
                        conversation.model(),
                        List.of(alone),
                        List.of(),
                        Conversation.ToolChoice.NONE,
                        conversation.options()),
                ratio);
    }

    private static Turn lastWish(Conversation conversation) {
        return conversation.turns().stream()
                .filter(turn -> turn.role() == Role.USER)
                .reduce((earlier, later) -> later)
                .orElseThrow(
                        () -> Problem.invalid("messages", "There is no message of the user that says what to make.")
                                .toException());
    }

    private static List<Media> withoutPictures(Turn wish, ChatType type) {
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
                media(lastWish(conversation)).filter(Drawing::isPicture).toList();
        return shown.isEmpty() ? List.of(lastPicture(conversation)) : shown;
    }

    private static Media lastPicture(Conversation conversation) {
        return conversation.turns().stream()
                .flatMap(turn -> turn.role() == Role.ASSISTANT ? Stream.concat(media(turn), linked(turn)) : media(turn))
                .filter(Drawing::isPicture)
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> Problem.invalid(
                                "messages",
                                "There is no picture to edit: send one as an 'image_url' part of the last message.")
                        .toException());
    }

    private static Stream<Media> media(Turn turn) {
        return turn.parts().stream().filter(Media.class::isInstance).map(Media.class::cast);
    }

    private static Stream<Media> linked(Turn turn) {
        return MARKDOWN.matcher(turn.text())
                .results()
                .map(link -> Media.of(Media.Kind.IMAGE, link.group(1), "", "messages"));
    }

    private static boolean isPicture(Media media) {
        return media.kind() == Media.Kind.IMAGE || media.kind() == Media.Kind.FILE;
    }
}
