package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.chat.AnswerEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the printers tell of an answer. */
final class Told {

    static final String ID = "resp_0123456789abcdef0123456789abcdef";
    private static final JsonMapper JSON = new JsonMapper();

    private Told() {}

    static ResponsePrinter printer(ResponsesRequest request, Consumer<StoredResponse> keep) {
        var response = new Response(ID, Instant.ofEpochSecond(1_700_000_000), request);
        return new ResponsePrinter(response, () -> Instant.ofEpochSecond(1_700_000_009), keep);
    }

    static ResponsePrinter printer(ResponsesRequest request) {
        return printer(request, kept -> {});
    }

    static List<JsonNode> stream(ResponsesRequest request, List<? extends AnswerEvent> events) {
        var out = new ByteArrayOutputStream();
        ResponsePrinter printer = printer(request);
        printer.open(out);
        events.forEach(event -> printer.event(event, out));
        printer.done(out);
        return frames(out);
    }

    static JsonNode whole(ResponsesRequest request, List<? extends AnswerEvent> events) {
        var printer = printer(request);
        events.forEach(printer::on);
        return parse(new String(printer.body(), StandardCharsets.UTF_8));
    }

    /** The frames of a stream; each has to name its event twice, and to be one line of data. */
    static List<JsonNode> frames(ByteArrayOutputStream out) {
        var events = new ArrayList<JsonNode>();
        for (String frame : out.toString(StandardCharsets.UTF_8).split("\n\n")) {
            String[] lines = frame.split("\n", -1);
            if (lines.length != 2 || !lines[0].startsWith("event: ") || !lines[1].startsWith("data: ")) {
                throw new AssertionError("no frame: " + frame);
            }
            JsonNode event = parse(lines[1].substring(6));
            if (!lines[0].equals("event: " + event.path("type").asText())) {
                throw new AssertionError("two names: " + frame);
            }
            events.add(event);
        }
        return events;
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.path("type").asText()).toList();
    }
}
