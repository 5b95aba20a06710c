package dev.qwen2api.upstream.qwen.upload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.Media;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * Writes an element of {@code files[]} in full, as the web app does (front end 0.2.81 to 0.3.11). Pure but for fresh
 * ids.
 */
public final class FileElement {

    private FileElement() {}

    static String of(Media media, Attachment bytes, UploadTicket ticket, Instant now) {
        String type = type(media.kind());
        ObjectNode element = JsonNodeFactory.instance.objectNode();
        element.put("type", type);
        element.set("file", file(media, bytes, ticket.fileId(), now));
        element.put("id", ticket.fileId()).put("url", ticket.url()).put("name", media.name());
        element.put("collection_name", "").put("progress", 0).put("status", "uploaded");
        switch (media.kind()) {
            case IMAGE -> element.put("greenNet", "success");
            case VIDEO -> element.put("greenNet", "greening");
            case AUDIO, FILE -> {}
        }
        element.put("size", bytes.size()).put("error", "");
        element.put("itemId", UUID.randomUUID().toString());
        element.put("file_type", bytes.contentType()).put("showType", type).put("file_class", fileClass(media.kind()));
        if (media.kind() == Media.MediaType.FILE && bytes.contentType().startsWith("text/")) {
            element.put("context", "full");
        }
        return element.put("uploadTaskId", UUID.randomUUID().toString()).toString();
    }

    /** The address in the JSON text of an element; empty where it has none. */
    public static String url(String element) {
        return BoundedJson.read(element.getBytes(StandardCharsets.UTF_8))
                .path("url")
                .asText("");
    }

    private static ObjectNode file(Media media, Attachment bytes, String id, Instant now) {
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.put("created_at", now.toEpochMilli()).putObject("data");
        file.put("filename", media.name()).putNull("hash").put("id", id);
        ObjectNode meta = file.putObject("meta");
        meta.put("name", media.name()).put("size", bytes.size()).put("content_type", bytes.contentType());
        if (media.kind() == Media.MediaType.FILE) {
            meta.putObject("parse_meta").put("parse_status", "success");
        }
        return file.put("update_at", now.toEpochMilli());
    }

    /** The upstream's name for a kind, in tickets as well. */
    static String type(Media.MediaType mediaType) {
        return mediaType.name().toLowerCase(Locale.ROOT);
    }

    private static String fileClass(Media.MediaType mediaType) {
        return switch (mediaType) {
            case IMAGE -> "vision";
            case FILE -> "document";
            case VIDEO, AUDIO -> type(mediaType);
        };
    }
}
