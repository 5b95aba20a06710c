package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.Media;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Words that are too many for a message, as a text file beside it. */
final class TranscriptDocument implements Attachment {

    /** What the message calls it. */
    static final String NAME = "conversation.txt";

    private final byte[] bytes;

    private TranscriptDocument(String words) {
        bytes = words.getBytes(StandardCharsets.UTF_8);
    }

    static Media of(String words) {
        return new Media(Media.MediaType.FILE, new Media.Attached(new TranscriptDocument(words)), NAME, "messages");
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
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
