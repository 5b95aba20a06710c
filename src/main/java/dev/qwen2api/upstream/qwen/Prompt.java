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
import java.util.List;

/**
 * What one completion sends: a conversation as one message, with its attachments.
 *
 * @param question the conversation
 * @param message its text
 * @param attachments the client's files
 * @param thinking whether the model is told to think
 */
record Prompt(ResolvedConversation question, PromptMessage message, List<Media> attachments, boolean thinking) {

    /** The JSON around the message (1,100 bytes measured), and an element of {@code files[]} with its signed address. */
    private static final int ENVELOPE = 1_600;

    private static final int FILE_ELEMENT = 2_500;

    /** Documents that the service takes with one message (PX, 2026-08). */
    private static final int MOST_DOCUMENTS = 5;

    /**
     * Writes a conversation.
     *
     * @param longest most bytes of the whole JSON body: one of about 128 KiB is answered with a human check; RF keeps below 92,160
     *     (13 row 20, 2026-09)
     * @throws UpstreamException if it is too long in any form
     */
    static Prompt of(ResolvedConversation given, int longest) throws UpstreamException {
        ResolvedConversation question = AttachmentNames.distinct(given);
        Conversation conversation = question.conversation();
        List<Media> attachments = conversation.turns().stream()
                .map(Message::media)
                .flatMap(List::stream)
                .toList();
        int room = longest - ENVELOPE - FILE_ELEMENT * attachments.size();
        return new Prompt(question, message(question, attachments, room), attachments, question.thinking());
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
        return new Prompt(question, message, attachments, true);
    }

    /** The same with what fits into the message alone. */
    Prompt withoutDocuments() {
        return new Prompt(question, message.withoutDocuments(), attachments, thinking);
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

    /** The kind of request whose limits its failures concern. */
    RequestKind kind() {
        return switch (question.type()) {
            case IMAGE, IMAGE_EDIT -> RequestKind.PICTURE;
            case VIDEO -> RequestKind.VIDEO;
            case TEXT, SEARCH -> RequestKind.CHAT;
        };
    }
}
