package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What one completion sends: a conversation as one message, with its attachments.
 *
 * @param question the conversation
 * @param message its text
 * @param attachments what goes along
 * @param thinking whether the model is told to think
 */
record Prompt(ResolvedConversation question, String message, List<Media> attachments, boolean thinking) {

    /**
     * Most bytes of the message as JSON in UTF-8. A body of about 128 KiB is answered with a human check; RF keeps
     * below 92,160 (13 row 20, 2026-09). The rest is for what stands around the message.
     */
    private static final int LONGEST_MESSAGE = 80_000;

    /** What the service takes as one document (PX, 2026-08). */
    private static final int LARGEST_DOCUMENT = 20 << 20;

    /** Writes a conversation; what would make the message too long becomes a document. */
    static Prompt of(ResolvedConversation question) throws UpstreamException {
        Transcript.PromptMessage message = Transcript.of(question, LONGEST_MESSAGE);
        var attachments = new ArrayList<Media>();
        if (message.document().isPresent()) {
            var document = new Document(message.document().get().getBytes(StandardCharsets.UTF_8));
            if (document.size() > LARGEST_DOCUMENT) {
                throw new UpstreamException(Failure.of(
                        FailureKind.TOO_LONG,
                        "the conversation has " + document.size() + " bytes, the service takes " + LARGEST_DOCUMENT));
            }
            attachments.add(
                    new Media(Media.MediaType.FILE, new Media.Attached(document), Transcript.DOCUMENT, "messages"));
        }
        question.conversation().turns().forEach(turn -> attachments.addAll(Media.in(turn)));
        return new Prompt(question, message.words(), List.copyOf(attachments), question.thinking());
    }

    Prompt think() {
        return new Prompt(question, message, attachments, true);
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

    /** A text that is too long for a message, as a file beside it. */
    @SuppressWarnings("ArrayRecordComponent") // documents are not compared
    private record Document(byte[] bytes) implements Attachment {

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public String sha256() {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java has SHA-256", impossible);
            }
        }

        @Override
        public String contentType() {
            return "text/plain";
        }

        @Override
        public void close() {}

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }
}
