package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the wishes beside the words. */
public final class ChatOptionsReader {

    private static final int MOST_STOPS = 4;

    /** Fields that are part of the conversation, or that only the gateway understands; all others are passed on. */
    private static final Set<String> READ = Set.of(
            "model",
            "messages",
            "tools",
            "tool_choice",
            "functions",
            "function_call",
            "stream",
            "stream_options",
            "stop",
            "max_tokens",
            "max_completion_tokens",
            "response_format",
            "chat_type",
            "enable_thinking",
            "thinking_budget",
            "size",
            "n");

    private ChatOptionsReader() {}

    static Options options(RequestField request) {
        return new Options(
                chatType(request.get("chat_type")),
                thinking(request),
                asInt(request.get("thinking_budget").optionalCount(1)),
                request.get("size").optionalText(),
                stops(request.get("stop")),
                maxTokens(request),
                format(request.get("response_format")),
                request.raw(request.names().stream()
                        .filter(name -> !READ.contains(name))
                        .toList()));
    }

    /** The kind of answer, by the upstream's own name. */
    public static Optional<ChatType> chatType(RequestField type) {
        return type.optionalText().map(name -> ChatType.ofWire(name).orElseThrow(() -> type.wrong(names())));
    }

    private static String names() {
        return Arrays.stream(ChatType.values()).map(ChatType::wire).collect(Collectors.joining(", ", "one of ", ""));
    }

    /** {@code reasoning_effort} can only switch thinking off: most clients send some effort without wishing for anything. */
    private static Optional<Boolean> thinking(RequestField request) {
        RequestField template = request.get("chat_template_kwargs");
        return request.get("enable_thinking")
                .optionalFlag()
                .or(() -> template.isObject() ? template.get("enable_thinking").optionalFlag() : Optional.empty())
                .or(() -> request.get("reasoning_effort")
                        .optionalText()
                        .filter("none"::equals)
                        .map(none -> false));
    }

    private static List<String> stops(RequestField stop) {
        if (!stop.isPresent()) {
            return List.of();
        }
        var stops = new ArrayList<String>();
        if (stop.isText()) {
            stops.add(stop.text());
        } else {
            stop.items().forEach(each -> stops.add(each.text()));
        }
        if (stops.size() > MOST_STOPS) {
            throw stop.wrong("a string or an array of at most " + MOST_STOPS + " strings");
        }
        stops.removeIf(String::isEmpty);
        return stops;
    }

    private static OptionalInt maxTokens(RequestField request) {
        OptionalInt completion = asInt(request.get("max_completion_tokens").optionalCount(1));
        OptionalInt older = asInt(request.get("max_tokens").optionalCount(1));
        return completion.isPresent() ? completion : older;
    }

    /** A count as the domain writes it. */
    public static OptionalInt asInt(Optional<Integer> number) {
        return number.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private static AnswerFormat format(RequestField format) {
        if (!format.isPresent()) {
            return AnswerFormat.TEXT;
        }
        return switch (format.object().get("type").text()) {
            case "text" -> AnswerFormat.TEXT;
            case "json_object" -> AnswerFormat.JSON_OBJECT;
            case "json_schema" -> schema(format.get("json_schema").object().get("schema"));
            default -> throw format.get("type").wrong("text, json_object or json_schema");
        };
    }

    /** The form that a JSON schema asks for; any object where there is none. */
    public static AnswerFormat schema(RequestField schema) {
        return schema.isPresent()
                ? new AnswerFormat(
                        AnswerFormat.Kind.JSON_SCHEMA,
                        WellFormedText.text(schema.object().json()))
                : AnswerFormat.JSON_OBJECT;
    }
}
