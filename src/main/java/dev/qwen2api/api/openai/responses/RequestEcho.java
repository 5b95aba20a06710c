package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Prints the fields of a request that every response repeats, as OpenAI's schema requires. */
final class RequestEcho {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> EFFORTS = Set.of("none", "minimal", "low", "medium", "high", "xhigh", "max");
    private static final Set<String> SUMMARIES = Set.of("auto", "concise", "detailed");
    private static final Set<String> VERBOSITIES = Set.of("low", "medium", "high");
    private static final double HOTTEST = 2;

    private final RequestField request;
    private final ObjectNode echo = JSON.createObjectNode();

    private RequestEcho(RequestField request) {
        this.request = request;
    }

    /**
     * The fields of a JSON object, without the braces.
     *
     * @throws dev.qwen2api.failure.ProblemException when one of them cannot be repeated because it is wrong
     */
    static String of(RequestField request) {
        var requestEcho = new RequestEcho(request);
        requestEcho.text();
        requestEcho.numbers();
        requestEcho.options();
        requestEcho.tools();
        String object = requestEcho.echo.toString();
        return WellFormedText.text(object.substring(1, object.length() - 1));
    }

    private void text() {
        echo.put("model", request.get("model").text());
        for (String name : new String[] {"instructions", "previous_response_id"}) {
            echo.put(name, request.get(name).optionalText().orElse(null));
        }
        for (String name : new String[] {"user", "prompt_cache_key"}) {
            request.get(name).optionalText().ifPresent(text -> echo.put(name, text));
        }
        echo.set("metadata", metadata(request.get("metadata")));
    }

    private static ObjectNode metadata(RequestField metadata) {
        ObjectNode pairs = JSON.createObjectNode();
        if (metadata.isPresent()) {
            metadata.object()
                    .names()
                    .forEach(name -> pairs.put(name, metadata.get(name).text()));
        }
        return pairs;
    }

    private void numbers() {
        echo.put("temperature", number("temperature", HOTTEST)).put("top_p", number("top_p", 1));
        for (String name : new String[] {"max_output_tokens", "max_tool_calls"}) {
            echo.put(name, request.get(name).optionalCount(1).orElse(null));
        }
    }

    /** A number that has no effect here. */
    private double number(String name, double most) {
        RequestField requestField = request.get(name);
        requestField.checkNumber();
        double number = requestField.isPresent() ? Double.parseDouble(requestField.json()) : 1;
        if (number < 0 || number > most) {
            throw requestField.wrong("a number from 0 to " + (int) most);
        }
        return number;
    }

    private void options() {
        echo.put("background", false)
                .put("store", request.get("store").optionalFlag().orElse(true))
                .put("truncation", "disabled")
                .put("service_tier", "default");
        echo.putObject("reasoning")
                .put("effort", known("reasoning", "effort", EFFORTS))
                .put("summary", known("reasoning", "summary", SUMMARIES));
        ObjectNode text = echo.putObject("text");
        RequestField format = ResponsesRequest.within(request.get("text"), "format");
        if (format.isPresent()) {
            text.set("format", format(format));
        } else {
            text.putObject("format").put("type", "text");
        }
        text.put("verbosity", known("text", "verbosity", VERBOSITIES));
    }

    private @Nullable String known(String object, String name, Set<String> words) {
        return ResponsesRequest.within(request.get(object), name)
                .optionalText()
                .filter(words::contains)
                .orElse(null);
    }

    private static ObjectNode format(RequestField format) {
        ObjectNode echo = JSON.createObjectNode().put("type", format.get("type").text());
        if (format.isOfType("json_schema")) {
            echo.put("name", format.get("name").optionalText().orElse("answer"));
            RequestField schema = format.get("schema");
            echo.putRawValue("schema", new RawValue(schema.isObject() ? schema.json() : "{}"));
            echo.put("strict", format.get("strict").optionalFlag().orElse(false));
        }
        return echo;
    }

    private void tools() {
        echo.put(
                "parallel_tool_calls",
                request.get("parallel_tool_calls").optionalFlag().orElse(true));
        ArrayNode tools = echo.putArray("tools");
        request.get("tools").optionalItems().forEach(tool -> tool(tool, tools));
        RequestField choice = request.get("tool_choice");
        if (choice.isObject()) {
            choice(choice, echo);
        } else {
            echo.put("tool_choice", choice.optionalText().orElse("auto"));
        }
    }

    private static void tool(RequestField tool, ArrayNode echo) {
        switch (tool.get("type").text()) {
            case "function" -> function(tool, echo.addObject());
            case "custom" -> custom(tool, echo.addObject());
            case "web_search", "local_shell", "shell", "apply_patch" ->
                echo.addObject().put("type", tool.get("type").text());
            default -> {}
        }
    }

    private static void function(RequestField tool, ObjectNode echo) {
        echo.put("type", "function").put("name", tool.get("name").text());
        describe(tool, echo);
        RequestField parameters = tool.get("parameters");
        if (parameters.isPresent()) {
            echo.putRawValue("parameters", new RawValue(parameters.object().json()));
        } else {
            echo.putNull("parameters");
        }
        echo.put("strict", tool.get("strict").optionalFlag().orElse(false));
    }

    private static void custom(RequestField tool, ObjectNode echo) {
        echo.put("type", "custom").put("name", tool.get("name").text());
        describe(tool, echo);
        RequestField format = tool.get("format");
        RequestField syntax = format.get("syntax");
        if (syntax.isText()
                && syntax.text().matches("lark|regex")
                && format.get("definition").isText()) {
            echo.putObject("format")
                    .put("type", "grammar")
                    .put("syntax", syntax.text())
                    .put("definition", format.get("definition").text());
        }
    }

    private static void describe(RequestField tool, ObjectNode echo) {
        tool.get("description").optionalText().ifPresent(text -> echo.put("description", text));
    }

    /** A choice of an unknown type has no effect. */
    private static void choice(RequestField choice, ObjectNode echo) {
        switch (choice.get("type").text()) {
            case "function", "custom" ->
                echo.putObject("tool_choice")
                        .put("type", choice.get("type").text())
                        .put("name", choice.get("name").text());
            case "allowed_tools" ->
                echo.putObject("tool_choice")
                        .put("type", "allowed_tools")
                        .put(
                                "mode",
                                choice.get("mode")
                                        .optionalText()
                                        .filter("required"::equals)
                                        .orElse("auto"))
                        .putRawValue("tools", new RawValue(choice.get("tools").json()));
            default -> echo.put("tool_choice", "auto");
        }
    }
}
