package dev.qwen2api.api.json;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Parses the generation options of a request: limits, stop texts, thinking and the form of the answer. A dialect says
 * in which fields it has them.
 *
 * @param stop stop texts: a string or an array of strings
 * @param mostStops most stop texts
 * @param maxTokens most tokens of output
 * @param thinking whether to think first, where the dialect's own field says so
 * @param thinkingBudget most tokens of thinking; 0 switches it off, unless another field switches it on
 * @param format the form of the answer
 * @param passedOn names of fields that an upstream with OpenAI's API gets as they are
 */
public record GenerationOptions(
        RequestField stop,
        int mostStops,
        RequestField maxTokens,
        Optional<Boolean> thinking,
        RequestField thinkingBudget,
        AnswerFormat format,
        List<String> passedOn) {

    /** Characters of one stop text: such texts are marks, and an answer holds back that much of itself. */
    private static final int LONGEST_STOP = 1000;

    /**
     * Parses the options, among them those that the gateway adds to every dialect.
     *
     * @param search the kind of answer where the request names none
     */
    public Options parse(RequestField request, Optional<ChatType> search) {
        Optional<Boolean> thinks = request.get("enable_thinking").optionalFlag().or(() -> thinking);
        boolean without = thinkingBudget.json().equals("0") && !thinks.orElse(false);
        return new Options(
                chatType(request.get("chat_type")).or(() -> search),
                without ? Optional.of(false) : thinks,
                without ? OptionalInt.empty() : count(thinkingBudget),
                request.get("size").optionalText(),
                stops(),
                count(maxTokens),
                format,
                request.raw(passedOn),
                request.get("parallel_tool_calls").optionalFlag().orElse(true),
                false,
                true);
    }

    /** The kind of answer, by the upstream's own name. */
    public static Optional<ChatType> chatType(RequestField type) {
        return type.optionalText().map(name -> ChatType.ofWire(name).orElseThrow(() -> type.wrong(chatTypes())));
    }

    private static String chatTypes() {
        return Arrays.stream(ChatType.values()).map(ChatType::wire).collect(Collectors.joining(", ", "one of ", ""));
    }

    private static OptionalInt count(RequestField number) {
        return number.optionalCount(1).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private List<String> stops() {
        if (!stop.isPresent()) {
            return List.of();
        }
        var stops = new ArrayList<String>();
        if (stop.isText()) {
            stops.add(stop.text());
        } else {
            stop.items().stream().limit(mostStops + 1L).forEach(each -> stops.add(each.text()));
        }
        if (stops.size() > mostStops) {
            throw stop.wrong("an array of at most " + mostStops + " strings");
        }
        if (stops.stream().anyMatch(each -> each.length() > LONGEST_STOP)) {
            throw stop.wrong("made of strings of at most " + LONGEST_STOP + " characters");
        }
        stops.removeIf(String::isEmpty);
        return stops;
    }

    /**
     * Parses OpenAI's form of an answer.
     *
     * @param wrapper the field of {@code format} that the schema is in; empty where it stands beside the type
     */
    public static AnswerFormat format(RequestField format, String wrapper) {
        if (!format.isPresent()) {
            return AnswerFormat.TEXT;
        }
        return switch (format.object().get("type").text()) {
            case "text" -> AnswerFormat.TEXT;
            case "json_object" -> AnswerFormat.JSON_OBJECT;
            case "json_schema" ->
                schema((wrapper.isEmpty() ? format : format.get(wrapper).object()).get("schema"));
            default -> throw format.get("type").wrong("text, json_object or json_schema");
        };
    }

    /** The form that a JSON schema asks for; any JSON object where there is no schema. */
    public static AnswerFormat schema(RequestField schema) {
        if (!schema.isPresent()) {
            return AnswerFormat.JSON_OBJECT;
        }
        RequestField type = schema.object().get("type");
        if (type.isText() && !type.text().equals("object") && !type.text().equals("array")) {
            throw type.wrong("object or array: the answer is one or the other");
        }
        return new AnswerFormat(AnswerFormat.Kind.JSON_SCHEMA, WellFormedText.text(schema.json()));
    }

    /** {@code adaptive} leaves it to the model, which in Qwen's service is thinking switched on. */
    public static Optional<Boolean> thinking(RequestField thinking) {
        if (!thinking.isPresent()) {
            return Optional.empty();
        }
        return switch (thinking.object().get("type").text()) {
            case "enabled", "adaptive", "auto" -> Optional.of(true);
            case "disabled" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** What an effort to reason means for thinking. */
    public static Optional<Boolean> thinks(RequestField effort) {
        return effort.optionalText().map(text -> switch (text) {
            case "none", "minimal" -> false;
            case "low", "medium", "high", "xhigh", "max" -> true;
            default -> throw effort.wrong("one of none, minimal, low, medium, high, xhigh, max");
        });
    }
}
