package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code system} and {@code messages} into turns. Used for one request. */
final class MessagesReader {

    /** A conversation that ends in the assistant's words asks for more of them. */
    private static final String GO_ON =
            "The assistant's part above is how the answer begins. Go on exactly where it ends, without repeating any of it.";

    private final List<Message> turns = new ArrayList<>();

    private MessagesReader() {}

    static List<Message> turns(RequestField request) {
        RequestField messages = request.get("messages");
        if (messages.items().isEmpty()) {
            throw messages.refused("'messages' must hold at least one message.");
        }
        var reader = new MessagesReader();
        if (request.get("system").isPresent()) {
            reader.add(Role.SYSTEM, ContentBlockReader.parts(request.get("system")));
        }
        messages.items().forEach(message -> reader.message(message.object()));
        reader.askForMore();
        return reader.turns;
    }

    private void message(RequestField message) {
        RequestField role = message.get("role");
        RequestField content = message.get("content");
        switch (role.text()) {
            case "user" -> user(content);
            case "assistant" -> assistant(content);
            case "system" -> add(Role.SYSTEM, ContentBlockReader.parts(content));
            default -> throw role.wrong("user or assistant");
        }
    }

    private void add(Role role, List<Part> parts) {
        turns.add(new Message(role, parts, List.of(), ""));
    }

    /** The results of tools are blocks among the user's words here, and turns of their own in a conversation. */
    private void user(RequestField content) {
        var words = new ArrayList<Part>();
        int before = turns.size();
        for (RequestField block : ContentBlockReader.blocks(content)) {
            if (ContentBlockReader.type(block).equals("tool_result")) {
                flush(words);
                turns.add(result(block));
            } else {
                words.addAll(ContentBlockReader.block(block));
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

    private static Message result(RequestField block) {
        var parts = new ArrayList<Part>();
        if (block.get("is_error").optionalFlag().orElse(false)) {
            parts.add(new Message.Text("The call failed:"));
        }
        if (block.get("content").isPresent()) {
            parts.addAll(ContentBlockReader.parts(block.get("content")));
        }
        return new Message(Role.TOOL, parts, List.of(), block.get("tool_use_id").text());
    }

    /** Earlier thinking, and the traces of tools that a server ran, are no part of what was said. */
    private void assistant(RequestField content) {
        var words = new ArrayList<Part>();
        var calls = new ArrayList<ToolCall>();
        for (RequestField block : ContentBlockReader.blocks(content)) {
            switch (ContentBlockReader.type(block)) {
                case "text" -> words.addAll(ContentBlockReader.block(block));
                case "tool_use" -> calls.add(call(block));
                default -> {}
            }
        }
        turns.add(new Message(Role.ASSISTANT, words, calls, ""));
    }

    private static ToolCall call(RequestField block) {
        RequestField input = block.get("input");
        String json = input.isPresent() ? WellFormedText.text(input.object().json()) : "{}";
        return new ToolCall(block.get("id").text(), block.get("name").text(), json);
    }

    private void askForMore() {
        Message last = turns.get(turns.size() - 1);
        if (last.role() == Role.ASSISTANT
                && last.calls().isEmpty()
                && !last.text().isEmpty()) {
            turns.add(Message.of(Role.SYSTEM, GO_ON));
        }
    }
}
