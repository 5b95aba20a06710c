package dev.qwen2api.api.openai;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.BodyPrinter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Gathers an answer and prints it as one chat completion. Used by one thread. */
public final class CompletionPrinter implements BodyPrinter {

    private static final JsonMapper JSON = new JsonMapper();
    private static final AnswerEvent.Usage FREE = new AnswerEvent.Usage(0, 0, 0, 0);

    private final CompletionHead head;
    private final Gathered gathered = new Gathered();

    public CompletionPrinter(CompletionHead head) {
        this.head = head;
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(gathered);
    }

    @Override
    public byte[] body() {
        ObjectNode root = JSON.createObjectNode()
                .put("id", head.id())
                .put("object", "chat.completion")
                .put("created", head.created().getEpochSecond())
                .put("model", WellFormedText.text(head.model()));
        ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
        choice.set("message", message());
        choice.putNull("logprobs").put("finish_reason", FinishReason.of(gathered.reason));
        root.putRawValue("usage", new RawValue(CompletionUsage.json(gathered.usage)));
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode message() {
        String content = gathered.content.toString();
        boolean silent = content.isEmpty() && !gathered.calls.isEmpty();
        ObjectNode message = JSON.createObjectNode()
                .put("role", "assistant")
                .put("content", silent ? null : WellFormedText.text(content))
                .putNull("refusal");
        if (!gathered.reasoning.isEmpty()) {
            message.put("reasoning_content", WellFormedText.text(gathered.reasoning.toString()));
        }
        if (!gathered.calls.isEmpty()) {
            message.set("tool_calls", calls());
        }
        if (!gathered.sources.isEmpty()) {
            message.set("annotations", Citations.of(content, gathered.sources));
        }
        return message;
    }

    private ArrayNode calls() {
        ArrayNode calls = JSON.createArrayNode();
        for (Call call : gathered.calls) {
            calls.addObject()
                    .put("id", call.id())
                    .put("type", "function")
                    .putObject("function")
                    .put("name", call.name())
                    .put("arguments", WellFormedText.text(call.arguments().toString()));
        }
        return calls;
    }

    private record Call(String id, String name, StringBuilder arguments) {}

    /** Everything that was heard. */
    private static final class Gathered implements AnswerEvent.Visitor {

        private final StringBuilder content = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final List<Call> calls = new ArrayList<>();
        private List<AnswerEvent.Source> sources = List.of();
        private AnswerEvent.Usage usage = FREE;
        private AnswerEvent.Finished.Reason reason = AnswerEvent.Finished.Reason.STOP;

        @Override
        public void reasoning(AnswerEvent.Reasoning event) {
            reasoning.append(event.text());
        }

        @Override
        public void text(AnswerEvent.Text event) {
            content.append(event.text());
        }

        @Override
        public void toolCallOpened(AnswerEvent.ToolCallOpened event) {
            calls.add(new Call(event.id(), event.name(), new StringBuilder()));
        }

        @Override
        public void toolCallArguments(AnswerEvent.ToolCallArguments event) {
            calls.get(event.index()).arguments().append(event.json());
        }

        @Override
        public void sources(AnswerEvent.Sources event) {
            sources = event.list();
        }

        @Override
        public void usage(AnswerEvent.Usage event) {
            usage = event;
        }

        @Override
        public void finished(AnswerEvent.Finished event) {
            reason = event.reason();
        }
    }
}
