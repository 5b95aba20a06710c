package dev.qwen2api.openai;

import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Part;
import dev.qwen2api.chat.Turn.Role;
import dev.qwen2api.chat.Turn.ToolCall;
import dev.qwen2api.json.Field;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code messages} into turns. */
final class MessageReader {

    private static final String ROLES = "one of system, developer, user, assistant, tool";

    private MessageReader() {}

    static List<Turn> turns(Field messages) {
        var turns = new ArrayList<Turn>();
        for (Field message : messages.items()) {
            turns.add(turn(message.object()));
        }
        if (turns.isEmpty()) {
            throw messages.refused("'messages' must hold at least one message.");
        }
        return turns;
    }

    private static Turn turn(Field message) {
        Role role = role(message.get("role"));
        List<ToolCall> calls = role == Role.ASSISTANT ? calls(message) : List.of();
        String callId = role == Role.TOOL ? callId(message) : "";
        Field content = message.get("content");
        boolean mayBeSilent = role == Role.ASSISTANT
                && (!calls.isEmpty() || message.get("refusal").isPresent());
        List<Part> parts = !content.isPresent() && mayBeSilent ? List.of() : parts(content);
        return new Turn(role, parts, calls, callId);
    }

    private static Role role(Field role) {
        return switch (role.text()) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            case "tool", "function" -> Role.TOOL;
            default -> throw role.wrong(ROLES);
        };
    }

    /** The id of the call that a result belongs to; the older role {@code function} names the function instead. */
    private static String callId(Field message) {
        return message.get("role").text().equals("tool")
                ? message.get("tool_call_id").text()
                : message.get("name").text();
    }

    private static List<ToolCall> calls(Field message) {
        var calls = new ArrayList<ToolCall>();
        Field list = message.get("tool_calls");
        if (list.isPresent()) {
            list.items().forEach(call -> calls.add(call(call.object())));
        }
        Field single = message.get("function_call");
        if (single.isPresent()) {
            calls.add(function(single.object(), single.get("name").text()));
        }
        return calls;
    }

    private static ToolCall call(Field call) {
        return function(call.get("function").object(), call.get("id").text());
    }

    private static ToolCall function(Field function, String id) {
        Field arguments = function.get("arguments");
        String json = arguments.isObject()
                ? arguments.json()
                : arguments.optionalText().orElse("{}");
        return new ToolCall(id, function.get("name").text(), json);
    }

    private static List<Part> parts(Field content) {
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
            case "text", "input_text", "output_text" ->
                new Turn.Text(part.get("text").text());
            case "refusal" -> new Turn.Text(part.get("refusal").text());
            default -> MediaReader.read(type, part);
        };
    }
}
