package dev.qwen2api.api.gemini;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parses {@code systemInstruction} and {@code contents}. Used for one request. */
final class ContentsReader {

    private final List<Message> messages = new ArrayList<>();
    /** The ids of the calls that have no result yet, by function: results may name the function alone. */
    private final Map<String, Deque<String>> open = new HashMap<>();

    private int calls;

    private ContentsReader() {}

    static List<Message> messages(RequestField request) {
        var reader = new ContentsReader();
        RequestField system = ProtoField.of(request, "systemInstruction");
        if (system.isPresent()) {
            reader.content(Role.SYSTEM, system);
        }
        RequestField contents = request.get("contents");
        if (contents.items().isEmpty()) {
            throw contents.refused("'contents' must hold at least one message.");
        }
        for (RequestField content : contents.items()) {
            RequestField role = content.object().get("role");
            switch (role.optionalText().orElse("user")) {
                case "user", "function", "tool" -> reader.content(Role.USER, content);
                case "model" -> reader.content(Role.ASSISTANT, content);
                default -> throw role.wrong("user or model");
            }
        }
        return reader.messages;
    }

    /** Results of functions are parts of the user's messages here, and messages of their own in a conversation. */
    private void content(Role role, RequestField content) {
        var parts = new ArrayList<Part>();
        var made = new ArrayList<ToolCall>();
        int before = messages.size();
        for (RequestField part :
                content.isText() ? List.of(content) : content.get("parts").items()) {
            RequestField call = ProtoField.of(part, "functionCall");
            RequestField result = ProtoField.of(part, "functionResponse");
            if (call.isPresent()) {
                made.add(call(call.object()));
            } else if (result.isPresent()) {
                flush(role, parts);
                messages.add(result(result.object()));
            } else {
                parts.addAll(part(part));
            }
        }
        if (messages.size() == before || !parts.isEmpty() || !made.isEmpty()) {
            messages.add(new Message(role, parts, made, ""));
        }
    }

    private void flush(Role role, List<Part> parts) {
        if (!parts.isEmpty()) {
            messages.add(Message.of(role, parts));
            parts.clear();
        }
    }

    private ToolCall call(RequestField call) {
        String name = call.get("name").name("the name of a function");
        String id = call.get("id").optionalText().orElse("call_" + ++calls);
        open.computeIfAbsent(name, any -> new ArrayDeque<>()).add(id);
        RequestField args = call.get("args");
        return new ToolCall(
                id, name, args.isPresent() ? WellFormedText.text(args.object().json()) : "{}");
    }

    private Message result(RequestField result) {
        String name = result.get("name").name("the name of a function");
        Deque<String> waiting = open.getOrDefault(name, new ArrayDeque<>());
        String id = result.get("id").optionalText().orElseGet(() -> waiting.isEmpty() ? name : waiting.peek());
        waiting.remove(id);
        RequestField response = result.get("response");
        var parts = new ArrayList<Part>();
        parts.add(new Message.Text(response.isPresent() ? WellFormedText.text(response.json()) : "{}"));
        result.get("parts").optionalItems().forEach(part -> parts.addAll(part(part)));
        return new Message(Role.TOOL, parts, List.of(), id);
    }

    /** Earlier thinking is left out; the model sees a part of an unknown type as JSON. */
    private static List<Part> part(RequestField part) {
        if (part.isText()) {
            return text(part.text());
        }
        RequestField bytes = ProtoField.of(part.object(), "inlineData");
        RequestField file = ProtoField.of(part, "fileData");
        if (part.get("thought").optionalFlag().orElse(false)) {
            return List.of();
        }
        if (part.get("text").isPresent()) {
            return text(part.get("text").text());
        }
        if (bytes.isPresent()) {
            return List.of(media(bytes.object(), bytes.get("data")));
        }
        if (file.isPresent()) {
            RequestField uri = ProtoField.of(file.object(), "fileUri");
            if (!uri.text().startsWith("http")) {
                throw uri.refused("Files are not kept here: send the file itself as 'inlineData'.");
            }
            return List.of(media(file, uri));
        }
        return text(WellFormedText.text(part.json()));
    }

    private static List<Part> text(String text) {
        return text.isEmpty() ? List.of() : List.of(new Message.Text(text));
    }

    private static Media media(RequestField holder, RequestField bytes) {
        String type = ProtoField.of(holder, "mimeType").optionalText().orElse("");
        String main = type.substring(0, Math.max(0, type.indexOf('/')));
        MediaType mediaType = switch (main) {
            case "image" -> MediaType.IMAGE;
            case "video" -> MediaType.VIDEO;
            case "audio" -> MediaType.AUDIO;
            default -> MediaType.FILE;
        };
        String name = ProtoField.of(holder, "displayName").optionalText().orElse("");
        return Media.of(mediaType, bytes.text().strip(), name, holder.path());
    }
}
