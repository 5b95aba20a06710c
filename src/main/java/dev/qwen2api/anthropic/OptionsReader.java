package dev.qwen2api.anthropic;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.json.Field;
import dev.qwen2api.json.WellFormed;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the wishes beside the words. */
final class OptionsReader {

    private static final int MOST_STOPS = 64;

    private OptionsReader() {}

    static Options options(Field request, Optional<ChatType> search) {
        Field thinking = request.get("thinking");
        return new Options(
                search,
                thinking(thinking),
                thinking.isObject() ? count(thinking.get("budget_tokens")) : OptionalInt.empty(),
                Optional.empty(),
                stops(request.get("stop_sequences")),
                count(request.get("max_tokens")),
                format(request));
    }

    /** {@code adaptive} leaves it to the model, and Qwen's own way of leaving it to the model is to let it think. */
    private static Optional<Boolean> thinking(Field thinking) {
        if (!thinking.isPresent()) {
            return Optional.empty();
        }
        return switch (thinking.object().get("type").text()) {
            case "enabled", "adaptive" -> Optional.of(true);
            case "disabled" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static List<String> stops(Field stops) {
        if (!stops.isPresent()) {
            return List.of();
        }
        List<Field> items = stops.items();
        if (items.size() > MOST_STOPS) {
            throw stops.wrong("an array of at most " + MOST_STOPS + " strings");
        }
        return items.stream().map(Field::text).filter(text -> !text.isEmpty()).toList();
    }

    private static OptionalInt count(Field number) {
        return number.optionalCount(1).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** Structured output: {@code output_config.format}, and {@code output_format} as it was called before. */
    private static AnswerFormat format(Field request) {
        Field config = request.get("output_config");
        Field format = config.isObject() && config.get("format").isObject()
                ? config.get("format")
                : request.get("output_format");
        return format.isObject() && format.get("schema").isObject()
                ? new AnswerFormat(
                        AnswerFormat.Kind.JSON_SCHEMA,
                        WellFormed.text(format.get("schema").json()))
                : AnswerFormat.TEXT;
    }
}
