package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.Media;
import dev.qwen2api.config.Sha256;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A text of the gateway's own that is attached to a message as a file. */
final class TextDocument implements Attachment {

    private final byte[] bytes;
    private final String sha256;

    TextDocument(String text) {
        this.bytes = text.getBytes(StandardCharsets.UTF_8);
        this.sha256 = Sha256.hex(bytes);
    }

    Media named(String name) {
        return new Media(Media.MediaType.FILE, new Media.Attached(this), name, "messages");
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public String sha256() {
        return sha256;
    }

    @Override
    public String contentType() {
        return "text/plain";
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public void close() {}
}
