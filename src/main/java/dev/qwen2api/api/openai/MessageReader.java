package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.ContentPartReader;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.api.openai.items.CustomToolInput;
import dev.qwen2api.api.openai.items.InputItemReader;
import dev.qwen2api.api.openai.items.MessageAssembler;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses the {@code messages} of a chat request. */
final class MessageReader {

    private static final String ROLES = "one of system, developer, user, assistant, tool";
    private static final String PART_TYPES = "one of text, image_url, video_url, input_audio, file";

    /** As in OpenAI's API. */
    private static final int LONGEST_NAME = 64;

    private static final Pattern BLANKS = Pattern.compile("[\\p{Z}\\p{C}]+");

    private MessageReader() {}

    /** The messages of a request; some clients send the input of the Responses API in their place. */
    static List<Message> of(RequestField request) {
        RequestField input = request.get("input");
        if (request.get("messages").isPresent() || !input.isPresent()) {
            return messages(request.get("messages"));
        }
        var assembler = new MessageAssembler();
        request.get("instructions")
                .optionalText()
                .ifPresent(text -> assembler.message(Role.SYSTEM, List.of(new Message.Text(text))));
        new InputItemReader(MessageReader::refer, assembler).read(input);
        if (assembler.list().isEmpty()) {
            throw input.refused("'input' must hold at least one message.");
        }
        return assembler.list();
    }

    private static Optional<RequestField> refer(RequestField id) {
        throw id.refused("'" + id.path() + "' refers to an item of another response: send the item itself.");
    }

    static List<Message> messages(RequestField field) {
        List<Message> messages =
                field.items().stream().map(each -> message(each.object())).toList();
        if (messages.isEmpty()) {
            throw field.refused("'messages' must hold at least one message.");
        }
        return messages;
    }

    private static Message message(RequestField message) {
        Role role = role(message.get("role"));
        List<ToolCall> calls = role == Role.ASSISTANT ? calls(message) : List.of();
        String callId = role == Role.TOOL ? callId(message) : "";
        RequestField content = message.get("content");
        boolean mayBeEmpty = role == Role.ASSISTANT && (!calls.isEmpty() || hasNoContent(message));
        List<Part> parts =
                !content.isPresent() && mayBeEmpty ? List.of() : ContentPartReader.parts(content, PART_TYPES);
        return new Message(role, parts, calls, callId, role == Role.TOOL ? "" : name(message.get("name")));
    }

    /** The speaker's name in one line; the name of a result is that of its tool. */
    private static String name(RequestField name) {
        String line =
                name.isText() ? BLANKS.matcher(name.text()).replaceAll(" ").strip() : "";
        return line.length() <= LONGEST_NAME ? line : WellFormedText.text(line.substring(0, LONGEST_NAME));
    }

    /** A refusal, and an answer that was cut off while the model thought. Thinking is no part of the conversation. */
    private static boolean hasNoContent(RequestField message) {
        return message.get("refusal").isPresent()
                || message.get("reasoning_content").isPresent()
                || message.get("reasoning").isPresent();
    }

    private static Role role(RequestField role) {
        return switch (role.text()) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            case "tool", "function" -> Role.TOOL;
            default -> throw role.wrong(ROLES);
        };
    }

    /** The id of the call that a result belongs to; the older role {@code function} names the function instead. */
    private static String callId(RequestField message) {
        boolean tool = message.get("role").text().equals("tool");
        return message.get(tool ? "tool_call_id" : "name").text();
    }

    private static List<ToolCall> calls(RequestField message) {
        var calls = new ArrayList<ToolCall>();
        message.get("tool_calls").optionalItems().forEach(call -> calls.add(call(call.object())));
        RequestField single = message.get("function_call");
        if (single.isPresent()) {
            calls.add(function(single.object(), single.get("name").text()));
        }
        return calls;
    }

    private static ToolCall call(RequestField call) {
        RequestField custom = call.get("custom");
        if (custom.isPresent()) {
            String input = custom.object().get("input").text();
            return new ToolCall(call.get("id").text(), custom.get("name").text(), CustomToolInput.toArguments(input));
        }
        return function(call.get("function").object(), call.get("id").text());
    }

    private static ToolCall function(RequestField function, String id) {
        RequestField arguments = function.get("arguments");
        String json = arguments.isObject()
                ? arguments.json()
                : arguments.optionalText().orElse("{}");
        return new ToolCall(id, function.get("name").text(), json);
    }
}
