package dev.qwen2api.openai.responses;

import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Part;
import dev.qwen2api.json.Field;
import dev.qwen2api.openai.MediaReader;
import java.util.List;

/** Reads what a message or a tool's result holds. What kinds of parts there are is decided here alone. */
final class ContentReader {

    private ContentReader() {}

    static List<Part> parts(Field content) {
        if (content.isText()) {
            return List.of(new Turn.Text(content.text()));
        }
        if (!content.isArray()) {
            throw content.wrong("a string or an array of parts");
        }
        return content.items().stream().map(part -> part(part.object())).toList();
    }

    private static Part part(Field part) {
        String type = part.get("type").text();
        return switch (type) {
            case "input_text", "output_text", "text", "summary_text", "reasoning_text" ->
                new Turn.Text(part.get("text").text());
            case "refusal" -> new Turn.Text(part.get("refusal").text());
            case "input_image", "input_file", "input_audio", "input_video" -> MediaReader.read(type, part);
            case "computer_screenshot" -> MediaReader.read("input_image", part);
            default -> throw part.get("type").wrong("input_text or output_text");
        };
    }
}
