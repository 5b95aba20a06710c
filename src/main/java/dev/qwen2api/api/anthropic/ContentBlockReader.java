package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import java.util.ArrayList;
import java.util.List;

/** Parses the content of messages: a string, or blocks of many types. */
final class ContentBlockReader {

    private ContentBlockReader() {}

    /** The blocks of content, not parsed yet; a string is its only block. */
    static List<RequestField> blocks(RequestField content) {
        if (content.isText()) {
            return List.of(content);
        }
        if (!content.isArray()) {
            throw content.wrong("a string or an array of blocks");
        }
        return content.items();
    }

    static String type(RequestField block) {
        return block.isText() ? "text" : block.object().get("type").text();
    }

    static List<Part> parts(RequestField content) {
        return blocks(content).stream().flatMap(block -> block(block).stream()).toList();
    }

    /** The parts of one block. The model sees a block of an unknown type as JSON. */
    static List<Part> block(RequestField block) {
        if (block.isText()) {
            return text(block.text());
        }
        return switch (type(block)) {
            case "text" -> text(block.get("text").text());
            case "image" -> List.of(media(Media.MediaType.IMAGE, block, ""));
            case "document" -> document(block);
            case "tool_reference" -> text("The tool " + block.get("tool_name").text() + " can be called now.");
            case "search_result" -> searchResult(block);
            case "server_tool_use", "mcp_tool_use" ->
                text("[The tool " + block.get("name").text() + " was called with " + json(block.get("input")) + "]");
            case "web_search_result" ->
                text("- " + block.get("title").optionalText().orElse("") + " "
                        + block.get("url").text());
            default -> type(block).endsWith("_tool_result") ? serverResult(block) : text(json(block));
        };
    }

    private static String json(RequestField value) {
        return WellFormedText.text(value.json());
    }

    /** What a tool that Anthropic's servers ran returned: words, blocks or an object of its own. */
    private static List<Part> serverResult(RequestField block) {
        boolean failed = block.get("is_error").optionalFlag().orElse(false);
        var parts = new ArrayList<>(text(failed ? "[The tool failed:]" : "[The tool returned:]"));
        RequestField content = block.get("content");
        parts.addAll(content.isText() || content.isArray() ? parts(content) : text(json(content)));
        return parts;
    }

    private static List<Part> text(String text) {
        return text.isEmpty() ? List.of() : List.of(new Message.Text(text));
    }

    /** Bytes as base64, or an address. Files kept by Anthropic are not available. */
    private static Media media(Media.MediaType mediaType, RequestField block, String name) {
        RequestField source = block.get("source").object();
        return switch (source.get("type").text()) {
            case "base64" -> Media.of(mediaType, source.get("data").text(), name, block.path());
            case "url" -> Media.of(mediaType, source.get("url").text(), name, block.path());
            default -> throw source.get("type").wrong("base64 or url");
        };
    }

    private static List<Part> document(RequestField block) {
        RequestField source = block.get("source").object();
        var parts = new ArrayList<Part>();
        block.get("title").optionalText().ifPresent(title -> parts.addAll(text(title)));
        block.get("context").optionalText().ifPresent(context -> parts.addAll(text(context)));
        switch (source.get("type").text()) {
            case "text" -> parts.addAll(text(source.get("data").text()));
            case "content" -> parts.addAll(parts(source.get("content")));
            default ->
                parts.add(media(
                        Media.MediaType.FILE,
                        block,
                        block.get("title").optionalText().orElse("")));
        }
        return parts;
    }

    private static List<Part> searchResult(RequestField block) {
        var parts = new ArrayList<Part>();
        block.get("title").optionalText().ifPresent(title -> parts.addAll(text(title)));
        block.get("source").optionalText().ifPresent(source -> parts.addAll(text(source)));
        parts.addAll(parts(block.get("content")));
        return parts;
    }
}
