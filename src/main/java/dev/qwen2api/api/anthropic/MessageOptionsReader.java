package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the wishes beside the words. */
final class MessageOptionsReader {

    private static final int MOST_STOPS = 64;

    private MessageOptionsReader() {}

    static Options options(RequestField request, Optional<ChatType> search) {
        RequestField thinking = request.get("thinking");
        return new Options(
                search,
                thinking(thinking),
                thinking.isObject() ? count(thinking.get("budget_tokens")) : OptionalInt.empty(),
                Optional.empty(),
                stops(request.get("stop_sequences")),
                count(request.get("max_tokens")),
                format(request),
                request.raw(List.of("temperature", "top_p", "top_k")));
    }

    /** {@code adaptive} leaves it to the model, and Qwen's own way of leaving it to the model is to let it think. */
    private static Optional<Boolean> thinking(RequestField thinking) {
        if (!thinking.isPresent()) {
            return Optional.empty();
        }
        return switch (thinking.object().get("type").text()) {
            case "enabled", "adaptive" -> Optional.of(true);
            case "disabled" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static List<String> stops(RequestField stops) {
        if (!stops.isPresent()) {
            return List.of();
        }
        List<RequestField> items = stops.items();
        if (items.size() > MOST_STOPS) {
            throw stops.wrong("an array of at most " + MOST_STOPS + " strings");
        }
        return items.stream()
                .map(RequestField::text)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static OptionalInt count(RequestField number) {
        return number.optionalCount(1).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** Structured output: {@code output_config.format}, and {@code output_format} as it was called before. */
    private static AnswerFormat format(RequestField request) {
        RequestField config = request.get("output_config");
        RequestField format = config.isObject() && config.get("format").isObject()
                ? config.get("format")
                : request.get("output_format");
        return format.isObject() && format.get("schema").isObject()
                ? new AnswerFormat(
                        AnswerFormat.Kind.JSON_SCHEMA,
                        WellFormedText.text(format.get("schema").json()))
                : AnswerFormat.TEXT;
    }
}
