package dev.qwen2api.anthropic;

import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Part;
import dev.qwen2api.json.Field;
import dev.qwen2api.json.WellFormed;
import java.util.ArrayList;
import java.util.List;

/** Reads content: a string, or blocks of many types. */
final class ContentReader {

    private ContentReader() {}

    /** Content as blocks, read as far as that; a string is returned as the only one. */
    static List<Field> blocks(Field content) {
        if (content.isText()) {
            return List.of(content);
        }
        if (!content.isArray()) {
            throw content.wrong("a string or an array of blocks");
        }
        return content.items();
    }

    static String type(Field block) {
        return block.isText() ? "text" : block.object().get("type").text();
    }

    static List<Part> parts(Field content) {
        return blocks(content).stream().flatMap(block -> block(block).stream()).toList();
    }

    /** The parts that one block amounts to. A block of a type that is not known is shown to the model as the JSON that it is. */
    static List<Part> block(Field block) {
        if (block.isText()) {
            return text(block.text());
        }
        return switch (type(block)) {
            case "text" -> text(block.get("text").text());
            case "image" -> picture(block);
            case "document" -> document(block);
            case "search_result" -> searchResult(block);
            default -> text(WellFormed.text(block.json()));
        };
    }

    private static List<Part> text(String text) {
        return text.isEmpty() ? List.of() : List.of(new Turn.Text(text));
    }

    private static List<Part> picture(Field block) {
        throw unsendable(block);
    }

    private static List<Part> document(Field block) {
        Field source = block.get("source").object();
        var parts = new ArrayList<Part>();
        block.get("title").optionalText().ifPresent(title -> parts.addAll(text(title)));
        block.get("context").optionalText().ifPresent(context -> parts.addAll(text(context)));
        switch (source.get("type").text()) {
            case "text" -> parts.addAll(text(source.get("data").text()));
            case "content" -> parts.addAll(parts(source.get("content")));
            default -> throw unsendable(block);
        }
        return parts;
    }

    private static List<Part> searchResult(Field block) {
        var parts = new ArrayList<Part>();
        block.get("title").optionalText().ifPresent(title -> parts.addAll(text(title)));
        block.get("source").optionalText().ifPresent(source -> parts.addAll(text(source)));
        parts.addAll(parts(block.get("content")));
        return parts;
    }

    private static RuntimeException unsendable(Field block) {
        return block.refused("'" + block.path() + "' is of type '" + type(block)
                + "': pictures and files cannot be sent here; send text.");
    }
}
