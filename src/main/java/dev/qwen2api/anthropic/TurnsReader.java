package dev.qwen2api.anthropic;

import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Part;
import dev.qwen2api.chat.Turn.Role;
import dev.qwen2api.chat.Turn.ToolCall;
import dev.qwen2api.json.Field;
import dev.qwen2api.json.WellFormed;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code system} and {@code messages} into turns. Used for one request. */
final class TurnsReader {

    /** A conversation that ends in the assistant's words asks for more of them. */
    private static final String GO_ON =
            "The assistant's part above is how the answer begins. Go on exactly where it ends, without repeating any of it.";

    private final List<Turn> turns = new ArrayList<>();

    private TurnsReader() {}

    static List<Turn> turns(Field request) {
        Field messages = request.get("messages");
        if (messages.items().isEmpty()) {
            throw messages.refused("'messages' must hold at least one message.");
        }
        var reader = new TurnsReader();
        if (request.get("system").isPresent()) {
            reader.add(Role.SYSTEM, ContentReader.parts(request.get("system")));
        }
        messages.items().forEach(message -> reader.message(message.object()));
        reader.askForMore();
        return reader.turns;
    }

    private void message(Field message) {
        Field role = message.get("role");
        Field content = message.get("content");
        switch (role.text()) {
            case "user" -> user(content);
            case "assistant" -> assistant(content);
            case "system" -> add(Role.SYSTEM, ContentReader.parts(content));
            default -> throw role.wrong("user or assistant");
        }
    }

    private void add(Role role, List<Part> parts) {
        turns.add(new Turn(role, parts, List.of(), ""));
    }

    /** The results of tools are blocks among the user's words here, and turns of their own in a conversation. */
    private void user(Field content) {
        var words = new ArrayList<Part>();
        int before = turns.size();
        for (Field block : ContentReader.blocks(content)) {
            if (ContentReader.type(block).equals("tool_result")) {
                flush(words);
                turns.add(result(block));
            } else {
                words.addAll(ContentReader.block(block));
            }
        }
        if (turns.size() == before) {
            add(Role.USER, words);
        } else {
            flush(words);
        }
    }

    private void flush(List<Part> words) {
        if (!words.isEmpty()) {
            add(Role.USER, words);
            words.clear();
        }
    }

    private static Turn result(Field block) {
        var parts = new ArrayList<Part>();
        if (block.get("is_error").optionalFlag().orElse(false)) {
            parts.add(new Turn.Text("The call failed:"));
        }
        if (block.get("content").isPresent()) {
            parts.addAll(ContentReader.parts(block.get("content")));
        }
        return new Turn(Role.TOOL, parts, List.of(), block.get("tool_use_id").text());
    }

    /** Earlier thinking, and the traces of tools that a server ran, are no part of what was said. */
    private void assistant(Field content) {
        var words = new ArrayList<Part>();
        var calls = new ArrayList<ToolCall>();
        for (Field block : ContentReader.blocks(content)) {
            switch (ContentReader.type(block)) {
                case "text" -> words.addAll(ContentReader.block(block));
                case "tool_use" -> calls.add(call(block));
                default -> {}
            }
        }
        turns.add(new Turn(Role.ASSISTANT, words, calls, ""));
    }

    private static ToolCall call(Field block) {
        Field input = block.get("input");
        String json = input.isPresent() ? WellFormed.text(input.object().json()) : "{}";
        return new ToolCall(block.get("id").text(), block.get("name").text(), json);
    }

    private void askForMore() {
        Turn last = turns.get(turns.size() - 1);
        if (last.role() == Role.ASSISTANT
                && last.calls().isEmpty()
                && !last.text().isEmpty()) {
            turns.add(Turn.of(Role.SYSTEM, GO_ON));
        }
    }
}
