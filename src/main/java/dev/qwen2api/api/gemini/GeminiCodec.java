package dev.qwen2api.api.gemini;

import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.GenerationOptions;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads requests of Gemini's API, whose path names the model. Lenient about fields it does not know. Thread-safe. */
public final class GeminiCodec {

    private static final int MOST_STOPS = 16;

    /** Reads the requests that generate content, with {@code model} and as a stream or not. */
    public ClientRequest.Reader generation(String model, boolean stream) {
        return body -> {
            RequestField request = JsonBody.read(body);
            Conversation conversation = conversation(model, request);
            RequestField thinking = ProtoField.of(config(request), "thinkingConfig");
            boolean thoughts =
                    ProtoField.of(thinking, "includeThoughts").optionalFlag().orElse(false);
            GeminiHead head = GeminiHead.create(model, thoughts);
            return new ClientRequest(
                    conversation,
                    stream
                            ? new ClientRequest.Streamed(new GeminiEventPrinter(head))
                            : new ClientRequest.Whole(new GeminiPrinter(head)));
        };
    }

    /** The conversation of a request whose tokens are counted. */
    public Conversation counted(String model, InputStream body) throws IOException {
        RequestField request = JsonBody.read(body);
        RequestField inner = ProtoField.of(request, "generateContentRequest");
        return conversation(model, inner.isPresent() ? inner.object() : request);
    }

    private static RequestField config(RequestField request) {
        RequestField config = ProtoField.of(request, "generationConfig");
        return config.isPresent() ? config.object() : config;
    }

    private static Conversation conversation(String model, RequestField request) {
        RequestField config = config(request);
        RequestField count = ProtoField.of(config, "candidateCount");
        if (count.optionalCount(1).orElse(1) > 1) {
            throw count.refused("'candidateCount' must be 1: the upstream gives one answer at a time.");
        }
        RequestField stops = ProtoField.of(config, "stopSequences");
        if (stops.isText()) {
            throw stops.wrong("an array");
        }
        RequestField thinking = ProtoField.of(config, "thinkingConfig");
        RequestField budget = ProtoField.of(thinking, "thinkingBudget");
        GeminiToolsReader tools = GeminiToolsReader.of(request);
        var options = new GenerationOptions(
                        stops,
                        MOST_STOPS,
                        ProtoField.of(config, "maxOutputTokens"),
                        thinking(thinking, budget),
                        isCount(budget) ? budget : budget.get("none"),
                        format(config),
                        List.of())
                .parse(request, tools.search());
        return new Conversation(model, ContentsReader.messages(request), tools.functions(), tools.choice(), options);
    }

    /** A budget of 0 switches thinking off, and -1 leaves its length to the model. */
    private static boolean isCount(RequestField budget) {
        return budget.isPresent()
                && !budget.json().equals("0")
                && !budget.json().equals("-1");
    }

    private static Optional<Boolean> thinking(RequestField thinking, RequestField budget) {
        RequestField level = ProtoField.of(thinking, "thinkingLevel");
        if (budget.isPresent()) {
            return Optional.of(!budget.json().equals("0"));
        }
        return level.optionalText()
                .map(text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "minimal" -> false;
                    case "low", "medium", "high", "thinking_level_unspecified" -> true;
                    default -> throw level.wrong("minimal, low, medium or high");
                })
                .or(() -> ProtoField.of(thinking, "includeThoughts")
                        .optionalFlag()
                        .filter(wanted -> wanted));
    }

    private static AnswerFormat format(RequestField config) {
        RequestField type = ProtoField.of(config, "responseMimeType");
        String schema = schema(config);
        return switch (type.optionalText().orElse("text/plain")) {
            case "text/plain" -> AnswerFormat.TEXT;
            case "application/json" ->
                schema.isEmpty() ? AnswerFormat.JSON_OBJECT : new AnswerFormat(AnswerFormat.Kind.JSON_SCHEMA, schema);
            case "text/x.enum" -> {
                if (!hasChoices(config)) {
                    throw type.refused("'" + type.path() + "' text/x.enum needs a 'responseSchema' with an 'enum'.");
                }
                yield new AnswerFormat(AnswerFormat.Kind.ENUM, schema);
            }
            default -> throw type.wrong("text/plain, application/json or text/x.enum");
        };
    }

    private static boolean hasChoices(RequestField config) {
        return ProtoField.of(config, "responseSchema").get("enum").isArray()
                || ProtoField.of(config, "responseJsonSchema").get("enum").isArray();
    }

    /** The schema of the answer as JSON schema, which may ask for a bare text or number, too; empty without one. */
    private static String schema(RequestField config) {
        RequestField plain = ProtoField.of(config, "responseJsonSchema");
        RequestField own = ProtoField.of(config, "responseSchema");
        if (plain.isPresent()) {
            return WellFormedText.text(plain.object().json());
        }
        return own.isPresent() ? ProtoField.jsonSchema(own) : "";
    }
}
