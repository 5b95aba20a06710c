package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Answer.Part;
import dev.qwen2api.fakeqwen.Answer.Usage;
import dev.qwen2api.fakeqwen.Step.Frame;
import dev.qwen2api.fakeqwen.Step.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An answer in OpenAI's own format: chunks for a stream, one object otherwise. */
final class PortalFrames {
    private final Answer answer;
    private final String model;
    private final String id = "chatcmpl-" + Ids.uuid();
    private final long created;

    PortalFrames(Answer answer, String model, long created) {
        this.answer = answer;
        this.model = model;
        this.created = created;
    }

    List<Step> stream(boolean withUsage) {
        List<Step> steps = new ArrayList<>();
        pause(steps, answer.pace().first());
        steps.add(chunk(Kind.CREATED, "{\"role\":\"assistant\",\"content\":\"\"}", "null"));
        int calls = 0;
        for (Part part : answer.parts()) {
            if (part instanceof Part.Call call) {
                calls(steps, call, calls++);
            } else {
                part(steps, part);
            }
        }
        steps.add(chunk(withUsage ? Kind.EMPTY : Kind.LAST, "{}", "\"" + finish() + "\""));
        if (withUsage) {
            steps.add(Frame.of(
                    Kind.LAST,
                    "data: " + envelope("chat.completion.chunk") + ",\"choices\":[],\"usage\":" + usage() + "}\n\n"));
        }
        steps.add(Frame.of(Kind.RAW, "data: [DONE]\n\n"));
        return steps;
    }

    String whole() {
        String text = answer.texts().isEmpty() ? "null" : Json.quoted(String.join("", answer.texts()));
        String reasoning =
                reasoning().isEmpty() ? "" : ",\"reasoning_content\":" + Json.quoted(String.join("", reasoning()));
        List<Part.Call> calls = answer.parts().stream()
                .filter(Part.Call.class::isInstance)
                .map(Part.Call.class::cast)
                .toList();
        String tools = calls.isEmpty()
                ? ""
                : calls.stream()
                        .map(call ->
                                "{\"id\":" + Json.quoted(call.id()) + "," + function(call.name(), call.arguments()))
                        .collect(Collectors.joining(",", ",\"tool_calls\":[", "]"));
        return envelope("chat.completion")
                + ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":" + text + reasoning
                + tools + "},\"finish_reason\":\"" + finish() + "\"}],\"usage\":" + usage() + "}";
    }

    private void part(List<Step> steps, Part part) {
        if (part instanceof Part.Summary || part instanceof Part.Think) {
            for (String delta : reasoning(part)) {
                steps.add(chunk(Kind.THINKING, "{\"reasoning_content\":" + Json.quoted(delta) + "}", "null"));
            }
        } else if (part instanceof Part.Text text) {
            for (String delta : text.chunks()) {
                pause(steps, answer.pace().perChunk());
                steps.add(chunk(Kind.TEXT, "{\"content\":" + Json.quoted(delta) + "}", "null"));
            }
        } else if (part instanceof Part.Raw raw) {
            steps.add(Frame.of(Kind.RAW, raw.wire()));
        }
    }

    private void calls(List<Step> steps, Part.Call call, int index) {
        int half = call.arguments().length() / 2;
        String head = "{\"tool_calls\":[{\"index\":" + index + ",\"id\":" + Json.quoted(call.id()) + ","
                + function(call.name(), call.arguments().substring(0, half)) + "]}";
        String rest = "{\"tool_calls\":[{\"index\":" + index + ",\"function\":{\"arguments\":"
                + Json.quoted(call.arguments().substring(half)) + "}}]}";
        steps.add(chunk(Kind.TOOL, head, "null"));
        steps.add(chunk(Kind.TOOL, rest, "null"));
    }

    private static String function(String name, String arguments) {
        return "\"type\":\"function\",\"function\":{\"name\":" + Json.quoted(name) + ",\"arguments\":"
                + Json.quoted(arguments) + "}}";
    }

    private List<String> reasoning() {
        return answer.parts().stream().flatMap(part -> reasoning(part).stream()).toList();
    }

    private static List<String> reasoning(Part part) {
        if (part instanceof Part.Summary summary) {
            return summary.thoughts().stream().map(Answer.Thought::thought).toList();
        }
        return part instanceof Part.Think think ? think.deltas() : List.of();
    }

    private String finish() {
        return answer.first(Part.Call.class).isPresent() ? "tool_calls" : "stop";
    }

    private String usage() {
        Usage usage = answer.usage().orElse(new Usage(20, 10, 0));
        return "{\"prompt_tokens\":" + usage.input() + ",\"completion_tokens\":" + usage.output() + ",\"total_tokens\":"
                + (usage.input() + usage.output()) + "}";
    }

    private Frame chunk(Kind kind, String delta, String finish) {
        return Frame.of(
                kind,
                "data: " + envelope("chat.completion.chunk") + ",\"choices\":[{\"index\":0,\"delta\":" + delta
                        + ",\"finish_reason\":" + finish + "}]}\n\n");
    }

    private String envelope(String object) {
        return "{\"id\":\"" + id + "\",\"object\":\"" + object + "\",\"created\":" + created + ",\"model\":"
                + Json.quoted(model);
    }

    private static void pause(List<Step> steps, Duration length) {
        if (!length.isZero()) {
            steps.add(new Step.Pause(length));
        }
    }
}
