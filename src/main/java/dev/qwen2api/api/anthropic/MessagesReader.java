package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses {@code system} and {@code messages}. Used for one request. */
final class MessagesReader {

    /** The instruction where the last message is the assistant's and asks to be continued. */
    private static final String GO_ON =
            "The assistant's part above is how the answer begins. Go on exactly where it ends,"
                    + " without repeating any of it.";

    private final List<Message> messages = new ArrayList<>();

    private MessagesReader() {}

    static List<Message> messages(RequestField request) {
        RequestField field = request.get("messages");
        if (field.items().isEmpty()) {
            throw field.refused("'messages' must hold at least one message.");
        }
        var reader = new MessagesReader();
        if (request.get("system").isPresent()) {
            reader.add(Role.SYSTEM, ContentBlockReader.parts(request.get("system")));
        }
        field.items().forEach(message -> reader.message(message.object()));
        reader.askForMore();
        return reader.messages;
    }

    /** The names of the tools that the messages have called, or that a result has referred to. */
    static Set<String> namedTools(RequestField messages) {
        var names = new HashSet<String>();
        for (RequestField message : messages.items()) {
            RequestField content = message.object().get("content");
            ContentBlockReader.blocks(content).forEach(block -> nameTools(block, names));
        }
        return names;
    }

    private static void nameTools(RequestField block, Set<String> names) {
        switch (ContentBlockReader.type(block)) {
            case "tool_use" -> names.add(block.get("name").text());
            case "tool_reference" -> names.add(block.get("tool_name").text());
            case "tool_result" -> {
                if (block.get("content").isPresent()) {
                    ContentBlockReader.blocks(block.get("content")).forEach(inner -> nameTools(inner, names));
                }
            }
            default -> {}
        }
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
        messages.add(Message.of(role, parts));
    }

    /** Tool results are blocks of the user's messages here, and messages of their own in a conversation. */
    private void user(RequestField content) {
        var parts = new ArrayList<Part>();
        int before = messages.size();
        for (RequestField block : ContentBlockReader.blocks(content)) {
            if (ContentBlockReader.type(block).equals("tool_result")) {
                flush(parts);
                messages.add(result(block));
            } else {
                parts.addAll(ContentBlockReader.block(block));
            }
        }
        if (messages.size() == before) {
            add(Role.USER, parts);
        } else {
            flush(parts);
        }
    }

    private void flush(List<Part> parts) {
        if (!parts.isEmpty()) {
            add(Role.USER, parts);
            parts.clear();
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

    /** Earlier thinking is left out. */
    private void assistant(RequestField content) {
        var parts = new ArrayList<Part>();
        var calls = new ArrayList<ToolCall>();
        for (RequestField block : ContentBlockReader.blocks(content)) {
            switch (ContentBlockReader.type(block)) {
                case "tool_use" -> calls.add(call(block));
                case "thinking", "redacted_thinking" -> {}
                default -> parts.addAll(ContentBlockReader.block(block));
            }
        }
        messages.add(new Message(Role.ASSISTANT, parts, calls, ""));
    }

    private static ToolCall call(RequestField block) {
        RequestField input = block.get("input");
        String json = input.isPresent() ? WellFormedText.text(input.object().json()) : "{}";
        return new ToolCall(block.get("id").text(), block.get("name").text(), json);
    }

    private void askForMore() {
        Message last = messages.get(messages.size() - 1);
        if (last.role() == Role.ASSISTANT
                && last.calls().isEmpty()
                && !last.text().isEmpty()) {
            messages.add(Message.of(Role.SYSTEM, GO_ON));
        }
    }
}
