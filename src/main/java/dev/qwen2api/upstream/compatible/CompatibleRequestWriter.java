package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.ResolvedConversation;
import java.util.Locale;

/** Writes conversations as requests of OpenAI's chat completions, always streamed. Pure. */
final class CompatibleRequestWriter {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CompatibleRequestWriter() {}

    static ObjectNode body(ResolvedConversation resolved) {
        Conversation conversation = resolved.conversation();
        ObjectNode body = NODES.objectNode().put("model", resolved.model());
        conversation.options().passedOn().forEach((name, json) -> body.putRawValue(name, new RawValue(json)));
        ArrayNode messages = body.putArray("messages");
        conversation.turns().forEach(message -> messages.add(message(message)));
        tools(conversation, body);
        options(conversation.options(), body);
        body.put("stream", true).putObject("stream_options").put("include_usage", true);
        return body;
    }

    private static void tools(Conversation conversation, ObjectNode body) {
        if (conversation.tools().isEmpty()) {
            return;
        }
        ArrayNode tools = body.putArray("tools");
        for (Conversation.Tool tool : conversation.tools()) {
            ObjectNode function = tools.addObject().put("type", "function").putObject("function");
            function.put("name", tool.name());
            if (!tool.description().isEmpty()) {
                function.put("description", tool.description());
            }
            function.putRawValue("parameters", new RawValue(tool.parameters()));
        }
        switch (conversation.toolChoice().mode()) {
            case AUTO -> {}
            case NONE -> body.put("tool_choice", "none");
            case REQUIRED -> body.put("tool_choice", "required");
            case NAMED ->
                body.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .put("name", conversation.toolChoice().name());
        }
    }

    private static void options(Options options, ObjectNode body) {
        if (options.chatType().filter(ChatType.SEARCH::equals).isPresent()) {
            body.put("enable_search", true);
        }
        options.thinking().ifPresent(thinking -> body.put("enable_thinking", thinking));
        options.thinkingBudget().ifPresent(budget -> body.put("thinking_budget", budget));
        options.maxTokens().ifPresent(most -> body.put("max_tokens", most));
        if (!options.stop().isEmpty()) {
            ArrayNode stop = body.putArray("stop");
            options.stop().forEach(stop::add);
        }
        AnswerFormat format = options.format();
        switch (format.kind()) {
            // Only Gemini's dialect asks for a bare value, and it does not lead here.
            case TEXT, ENUM -> {}
            case JSON_OBJECT -> body.putObject("response_format").put("type", "json_object");
            case JSON_SCHEMA ->
                body.putObject("response_format")
                        .put("type", "json_schema")
                        .putObject("json_schema")
                        .put("name", "answer")
                        .putRawValue("schema", new RawValue(format.schema()));
        }
    }

    private static ObjectNode message(Message message) {
        ObjectNode node = NODES.objectNode().put("role", message.role().name().toLowerCase(Locale.ROOT));
        node.set("content", content(message));
        if (!message.name().isEmpty()) {
            node.put("name", message.name());
        }
        if (!message.calls().isEmpty()) {
            ArrayNode calls = node.putArray("tool_calls");
            for (Message.ToolCall call : message.calls()) {
                calls.addObject()
                        .put("id", call.id())
                        .put("type", "function")
                        .putObject("function")
                        .put("name", call.name())
                        .put("arguments", call.arguments());
            }
        }
        if (message.role() == Message.Role.TOOL) {
            node.put("tool_call_id", message.callId());
        }
        return node;
    }

    private static JsonNode content(Message message) {
        if (message.parts().isEmpty()) {
            return message.calls().isEmpty() ? NODES.textNode("") : NODES.nullNode();
        }
        if (message.parts().size() == 1 && message.parts().get(0) instanceof Message.Text only) {
            return NODES.textNode(only.text());
        }
        ArrayNode parts = NODES.arrayNode();
        for (Message.Part part : message.parts()) {
            parts.add(part instanceof Message.Text text ? text(text.text()) : media((Media) part));
        }
        return parts;
    }

    /** A part of words. */
    static ObjectNode text(String text) {
        return NODES.objectNode().put("type", "text").put("text", text);
    }

    private static ObjectNode media(Media media) {
        String data =
                media.source() instanceof Media.Remote remote ? remote.url() : ((Media.Written) media.source()).text();
        return switch (media.kind()) {
            case IMAGE -> addressed("image_url", withType(data, "image/png"));
            case VIDEO -> addressed("video_url", withType(data, "video/mp4"));
            case AUDIO -> {
                ObjectNode part = NODES.objectNode().put("type", "input_audio");
                // Base64 of "RIFF", with which WAV files begin.
                boolean wav = data.contains("UklGR") || data.startsWith("data:audio/wav");
                part.putObject("input_audio").put("data", withType(data, "")).put("format", wav ? "wav" : "mp3");
                yield part;
            }
            case FILE -> {
                ObjectNode part = NODES.objectNode().put("type", "file");
                part.putObject("file").put("filename", media.name()).put("file_data", data);
                yield part;
            }
        };
    }

    private static ObjectNode addressed(String type, String url) {
        ObjectNode part = NODES.objectNode().put("type", type);
        part.putObject(type).put("url", url);
        return part;
    }

    /** Bare base64 as a data URI. */
    private static String withType(String data, String type) {
        return data.startsWith("data:") || data.startsWith("http") ? data : "data:" + type + ";base64," + data;
    }
}
