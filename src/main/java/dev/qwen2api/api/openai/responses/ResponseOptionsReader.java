package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.openai.ChatOptionsReader;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import java.util.List;
import java.util.Optional;

/** Reads the wishes beside the words. */
final class ResponseOptionsReader {

    private ResponseOptionsReader() {}

    static Options options(RequestField request, boolean search) {
        return new Options(
                ChatOptionsReader.chatType(request.get("chat_type"))
                        .or(() -> search ? Optional.of(ChatType.SEARCH) : Optional.empty()),
                thinking(request),
                ChatOptionsReader.asInt(request.get("thinking_budget").optionalCount(1)),
                request.get("size").optionalText(),
                List.of(),
                ChatOptionsReader.asInt(request.get("max_output_tokens").optionalCount(1)),
                format(within(request.get("text"), "format")),
                request.raw(List.of("temperature", "top_p", "parallel_tool_calls")));
    }

    /** A field of an object that may be missing. */
    static RequestField within(RequestField object, String name) {
        return object.isPresent() ? object.object().get(name) : object.get(name);
    }

    /** An effort is a wish to think; to see the thinking is none. */
    private static Optional<Boolean> thinking(RequestField request) {
        return request.get("enable_thinking")
                .optionalFlag()
                .or(() -> within(request.get("reasoning"), "effort")
                        .optionalText()
                        .flatMap(ResponseOptionsReader::thinks));
    }

    private static Optional<Boolean> thinks(String effort) {
        return switch (effort) {
            case "none", "minimal" -> Optional.of(false);
            case "low", "medium", "high", "xhigh", "max" -> Optional.of(true);
            default -> Optional.empty();
        };
    }

    private static AnswerFormat format(RequestField format) {
        if (!format.isPresent()) {
            return AnswerFormat.TEXT;
        }
        return switch (format.object().get("type").text()) {
            case "text" -> AnswerFormat.TEXT;
            case "json_object" -> AnswerFormat.JSON_OBJECT;
            case "json_schema" -> ChatOptionsReader.schema(format.get("schema"));
            default -> throw format.get("type").wrong("text, json_object or json_schema");
        };
    }
}
