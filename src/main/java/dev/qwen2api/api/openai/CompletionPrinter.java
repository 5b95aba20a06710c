package dev.qwen2api.api.openai;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.api.openai.Completion.CallFormat;
import dev.qwen2api.api.openai.items.CustomToolInput;
import dev.qwen2api.chat.AnswerEvent;

/** Prints an answer as one chat completion. Used by one thread. */
final class CompletionPrinter implements BodyPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    private final Completion completion;
    private final CallFormat format;
    private final AnswerAccumulator answer;

    CompletionPrinter(Completion completion, CallFormat format) {
        this.completion = completion;
        this.format = format;
        this.answer = AnswerAccumulator.whole(format.rules());
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(answer);
    }

    @Override
    public byte[] body() {
        ObjectNode root = JSON.createObjectNode()
                .put("id", completion.id())
                .put("object", "chat.completion")
                .put("created", completion.created().getEpochSecond())
                .put("model", WellFormedText.text(completion.model()));
        ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
        choice.set("message", message());
        choice.putNull("logprobs")
                .put("finish_reason", format.finishReason(answer.end().reason()));
        root.putRawValue("usage", new RawValue(Completion.usage(answer.cost())));
        return utf8(root.toString());
    }

    private ObjectNode message() {
        String content = answer.text(ItemType.TEXT);
        String reasoning = answer.text(ItemType.REASONING);
        ArrayNode calls = calls();
        ObjectNode message = JSON.createObjectNode()
                .put("role", "assistant")
                .put("content", content.isEmpty() && !calls.isEmpty() ? null : content)
                .putNull("refusal");
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning);
        }
        if (!calls.isEmpty() && format.legacy()) {
            message.set("function_call", calls.get(0).get("function"));
        } else if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        if (!answer.sources().isEmpty()) {
            message.set("annotations", Citations.of(content, 0, answer.sources()));
        }
        return message;
    }

    private ArrayNode calls() {
        ArrayNode calls = JSON.createArrayNode();
        for (AnswerAccumulator.Item item : answer.items()) {
            if (item.type() == ItemType.TOOL_CALL) {
                call(item, calls.addObject().put("id", item.call().id()));
            }
        }
        return calls;
    }

    private void call(AnswerAccumulator.Item item, ObjectNode call) {
        String name = item.call().name();
        if (format.isCustom(name)) {
            call.put("type", "custom")
                    .putObject("custom")
                    .put("name", name)
                    .put("input", CustomToolInput.fromArguments(item.text()));
        } else {
            call.put("type", "function").putObject("function").put("name", name).put("arguments", item.text());
        }
    }
}
