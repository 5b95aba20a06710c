package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.openai.ContentPartReader;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import java.util.List;

/** Reads what a message or a tool's result holds. What kinds of parts there are is decided here alone. */
final class ItemContentReader {

    private ItemContentReader() {}

    static List<Part> parts(RequestField content) {
        if (content.isText()) {
            return List.of(new Message.Text(content.text()));
        }
        if (!content.isArray()) {
            throw content.wrong("a string or an array of parts");
        }
        return content.items().stream().map(part -> part(part.object())).toList();
    }

    private static Part part(RequestField part) {
        String type = part.get("type").text();
        return switch (type) {
            case "input_text", "output_text", "text", "summary_text", "reasoning_text" ->
                new Message.Text(part.get("text").text());
            case "refusal" -> new Message.Text(part.get("refusal").text());
            case "input_image", "input_file", "input_audio", "input_video" -> ContentPartReader.read(type, part);
            case "computer_screenshot" -> ContentPartReader.read("input_image", part);
            default -> throw part.get("type").wrong("input_text or output_text");
        };
    }
}
