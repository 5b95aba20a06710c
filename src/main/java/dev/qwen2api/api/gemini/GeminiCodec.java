package dev.qwen2api.api.gemini;

import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.GenerationOptions;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
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
        RequestField cached = ProtoField.of(request, "cachedContent");
        if (cached.isPresent()) {
            throw cached.refused(
                    "'" + cached.path() + "' is not offered: nothing is cached here. Send the content itself"
                            + " in 'contents' and 'systemInstruction'.");
        }
        RequestField thinking = ProtoField.of(config, "thinkingConfig");
        RequestField budget = ProtoField.of(thinking, "thinkingBudget");
        GeminiToolsReader tools = GeminiToolsReader.of(request);
        List<Message> messages = ContentsReader.messages(request);
        var options = new GenerationOptions(
                        stops,
                        MOST_STOPS,
                        ProtoField.of(config, "maxOutputTokens"),
                        thinking(thinking, budget),
                        budget.json().equals("-1") ? budget.get("none") : budget,
                        format(config),
                        List.of())
                .parse(request, drawing(config, messages).or(tools::search));
        return new Conversation(model, messages, tools.functions(), tools.choice(), options);
    }

    /** Whether the answer is to be a picture: an edited one where the last message shows one. */
    private static Optional<ChatType> drawing(RequestField config, List<Message> messages) {
        boolean draws = false;
        for (RequestField modality : ProtoField.of(config, "responseModalities").optionalItems()) {
            switch (modality.text().toUpperCase(Locale.ROOT)) {
                case "IMAGE" -> draws = true;
                case "TEXT", "MODALITY_UNSPECIFIED" -> {}
                default -> throw modality.wrong("TEXT or IMAGE: the service makes nothing else here");
            }
        }
        boolean shown = Media.in(messages.get(messages.size() - 1)).stream()
                .anyMatch(media -> media.kind() == Media.MediaType.IMAGE);
        return draws ? Optional.of(shown ? ChatType.IMAGE_EDIT : ChatType.IMAGE) : Optional.empty();
    }

    /** A budget of 0 switches thinking off, and -1 leaves its length to the model. */
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
