package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one completion sends: a conversation as one message, with its attachments.
 *
 * @param question the conversation
 * @param message its text
 * @param attachments the client's files
 * @param thinking whether the model is told to think
 * @param chat the chat that has all earlier messages; empty for a message that holds the whole conversation
 */
record Prompt(
        ResolvedConversation question,
        PromptMessage message,
        List<Media> attachments,
        boolean thinking,
        Optional<Continued> chat) {

    /**
     * The JSON around the message (1,100 bytes measured), and an element of {@code files[]} with its signed address.
     */
    private static final int ENVELOPE = 1_600;

    private static final int FILE_ELEMENT = 2_500;

    /** Documents that the service takes with one message (PX, 2026-08). */
    private static final int MOST_DOCUMENTS = 5;

    /**
     * Writes a conversation.
     *
     * @param longest most bytes of the whole JSON body: one of about 128 KiB is answered with a human check; RF keeps
     *     below 92,160 (13 row 20, 2026-09)
     * @throws UpstreamException if it is too long in any form
     */
    static Prompt of(ResolvedConversation given, int longest) throws UpstreamException {
        ResolvedConversation question = AttachmentNames.distinct(given);
        Conversation conversation = question.conversation();
        List<Media> attachments = media(conversation.turns());
        int room = longest - ENVELOPE - FILE_ELEMENT * attachments.size();
        return new Prompt(
                question, message(question, attachments, room), attachments, question.thinking(), Optional.empty());
    }

    /**
     * A chat to go on in.
     *
     * @param parentId the service's id of the answer that the message replies to
     * @param boundary what separates parts in the chat's messages; empty where they have no parts
     * @param end when the chat is of no use any more, because documents in it expire
     */
    record Continued(String chatId, String parentId, String boundary, Instant end) {}

    /** When the chat of this prompt is of no use any more. */
    Instant end(Instant now) {
        Instant end = chat.map(Continued::end).orElse(Instant.MAX);
        Instant documents = message.documents().isEmpty() ? Instant.MAX : now.plus(Uploader.DOCUMENT_LIFE);
        return end.isBefore(documents) ? end : documents;
    }

    /**
     * Writes the new messages alone, for a chat that has the others; empty where they cannot be told apart or do not
     * fit.
     *
     * @param known how many messages the chat has
     */
    static Optional<Prompt> next(ResolvedConversation given, int longest, int known, Continued chat) {
        ResolvedConversation question = AttachmentNames.distinct(given);
        Conversation conversation = question.conversation();
        List<Message> messages =
                conversation.turns().subList(known, conversation.turns().size());
        var transcript = new Transcript(conversation);
        boolean answered = messages.stream().anyMatch(message -> message.role() == Message.Role.ASSISTANT);
        boolean other = !chat.boundary().isEmpty() && !transcript.boundary().equals(chat.boundary());
        if (answered || other) {
            return Optional.empty();
        }
        List<Transcript.Part> parts = transcript.after(known);
        boolean alone = parts.size() == 1
                && messages.get(0).role() == Message.Role.USER
                && messages.get(0).name().isEmpty()
                && !transcript.hasTools();
        String text = alone ? parts.get(0).words() : transcript.next(parts);
        List<Media> attachments = media(messages);
        if (JsonText.size(text) > longest - ENVELOPE - FILE_ELEMENT * attachments.size()) {
            return Optional.empty();
        }
        return Optional.of(
                new Prompt(question, PromptMessage.whole(text), attachments, question.thinking(), Optional.of(chat)));
    }

    private static List<Media> media(List<Message> messages) {
        return messages.stream().map(Media::in).flatMap(List::stream).toList();
    }

    private static PromptMessage message(ResolvedConversation question, List<Media> attachments, int room)
            throws UpstreamException {
        String whole = Transcript.of(question);
        int size = JsonText.size(whole);
        if (size <= room) {
            return PromptMessage.whole(whole);
        }
        if (Transcript.isPlain(question)) {
            throw new UpstreamException(
                    Failure.of(FailureKind.TOO_LONG, "the message has " + size + " bytes, the service takes " + room));
        }
        long files = attachments.stream()
                .filter(media -> media.kind() == Media.MediaType.FILE)
                .count();
        int free = (int) Math.max(0, MOST_DOCUMENTS - files);
        return new LongForm(new Transcript(question.conversation()), room - 3 * FILE_ELEMENT).write(free);
    }

    Prompt think() {
        return new Prompt(question, message, attachments, true, chat);
    }

    /** The same with what fits into the message alone. */
    Prompt withoutDocuments() {
        return new Prompt(question, message.withoutDocuments(), attachments, thinking, chat);
    }

    /** Whether the request asks the model to think: a search finds nothing without (13 row 21, 2026-09). */
    boolean sendsThinking() {
        return thinking || question.type() == ChatType.SEARCH;
    }

    boolean isPicture() {
        return question.type() == ChatType.IMAGE || question.type() == ChatType.IMAGE_EDIT;
    }

    /** The service's name for the kind of answer; a video from a picture has its own (13 row 15, 2026-09). */
    String chatType() {
        return question.type() == ChatType.VIDEO && !attachments.isEmpty()
                ? "i2v"
                : question.type().wire();
    }

    /**
     * A limit holds for the kind of request that met it; a dead session, a human check and a lost route hold for all.
     */
    Failure scoped(Failure failure) {
        boolean forAll = switch (failure.kind()) {
            case EXPIRED, CHALLENGED, UNREACHABLE -> true;
            default -> failure.scope().isPresent() || kind() == RequestKind.CHAT;
        };
        return forAll ? failure : failure.in(kind());
    }

    /** The kind of request whose limits its failures concern. */
    RequestKind kind() {
        return switch (question.type()) {
            case IMAGE, IMAGE_EDIT -> RequestKind.PICTURE;
            case VIDEO -> RequestKind.VIDEO;
            case TEXT, SEARCH -> RequestKind.CHAT;
        };
    }

    /** Gives different attachments of a conversation different names, by which the message can refer to them. */
    private static final class AttachmentNames {

        /** The content's digest by the name in use. */
        private final Map<String, String> taken = new HashMap<>();

        private AttachmentNames() {
            LongForm.NAMES.forEach(name -> taken.put(name, ""));
        }

        static ResolvedConversation distinct(ResolvedConversation given) {
            Conversation conversation = given.conversation();
            if (conversation.turns().stream()
                    .allMatch(message -> Media.in(message).isEmpty())) {
                return given;
            }
            var names = new AttachmentNames();
            var messages = conversation.turns().stream()
                    .map(message -> message.withParts(
                            message.parts().stream().map(names::distinct).toList()))
                    .toList();
            return given.with(conversation.withTurns(messages));
        }

        private Message.Part distinct(Message.Part part) {
            if (!(part instanceof Media media) || !(media.source() instanceof Media.Attached attached)) {
                return part;
            }
            String content = attached.attachment().sha256();
            int dot = media.name().lastIndexOf('.');
            String stem = dot > 0 ? media.name().substring(0, dot) : media.name();
            String extension = dot > 0 ? media.name().substring(dot) : "";
            String name = media.name();
            for (int number = 2; !taken.getOrDefault(name, content).equals(content); number++) {
                name = stem + "-" + number + extension;
            }
            taken.put(name, content);
            return name.equals(media.name()) ? media : media.with(media.kind(), name, attached.attachment());
        }
    }
}
