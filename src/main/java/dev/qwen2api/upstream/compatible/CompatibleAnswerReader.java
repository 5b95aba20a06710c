package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import dev.qwen2api.upstream.qwen.stream.SseReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads OpenAI's stream of chunks into answer events. Used by one thread. */
final class CompatibleAnswerReader {

    private static final int LONGEST_LINE = 4 * 1024 * 1024;

    private final SseReader lines = new SseReader(LONGEST_LINE);
    private int delivered;
    private boolean spoke;
    private boolean finished;
    private String finishReason = "";
    private @Nullable Usage usage;
    private int calls;
    private int callIndex;
    private String callId = "";

    void feed(ByteBuffer piece, AnswerListener listener) throws UpstreamException {
        lines.feed(piece, (bytes, offset, length) -> data(bytes, offset, length, listener));
    }

    /**
     * Reads the end of the stream.
     *
     * @throws UpstreamException when it came before the end of the answer
     */
    void end(AnswerListener listener) throws UpstreamException {
        lines.end((bytes, offset, length) -> data(bytes, offset, length, listener));
        if (!finished && finishReason.isEmpty()) {
            throw new UpstreamException(
                    hasDelivered()
                            ? Failure.of(FailureKind.TRUNCATED, "the answer broke off before its end")
                            : Failure.of(FailureKind.EMPTY, "the stream ended without an answer"));
        }
        finish(listener);
    }

    boolean isFinished() {
        return finished;
    }

    /** How many events were delivered. */
    int delivered() {
        return delivered;
    }

    boolean hasDelivered() {
        return delivered > 0;
    }

    private void deliver(AnswerEvent event, AnswerListener listener) {
        delivered++;
        listener.on(event);
    }

    private void data(byte[] bytes, int offset, int length, AnswerListener listener) throws UpstreamException {
        if (finished) {
            return;
        }
        if (new String(bytes, offset, length, StandardCharsets.UTF_8).strip().equals("[DONE]")) {
            finish(listener);
            return;
        }
        JsonNode frame = json(bytes, offset, length);
        if (frame.hasNonNull("error") && frame.path("choices").isEmpty()) {
            fail(CompatibleErrorParser.parse(frame), listener);
            return;
        }
        if (frame.path("usage").isObject()) {
            usage = usage(frame.path("usage"));
        }
        JsonNode choice = frame.path("choices").path(0);
        delta(choice.path("delta"), listener);
        String reason = text(choice, "finish_reason");
        finishReason = reason.isEmpty() ? finishReason : reason;
    }

    /** A refusal of what was said so far ends the answer, which the client keeps. */
    private void fail(Failure failure, AnswerListener listener) throws UpstreamException {
        if (failure.kind() != FailureKind.MODERATED || !spoke) {
            throw new UpstreamException(failure);
        }
        finishReason = "content_filter";
        finish(listener);
    }

    /** Garbage between the chunks is passed over. */
    private static JsonNode json(byte[] bytes, int offset, int length) {
        try {
            return BoundedJson.MAPPER.readTree(bytes, offset, length);
        } catch (IOException garbage) {
            return BoundedJson.MAPPER.missingNode();
        }
    }

    private void delta(JsonNode delta, AnswerListener listener) throws UpstreamException {
        for (String name : new String[] {"reasoning_content", "reasoning"}) {
            if (!text(delta, name).isEmpty()) {
                deliver(new Reasoning(text(delta, name)), listener);
                break;
            }
        }
        for (String name : new String[] {"content", "refusal"}) {
            if (!text(delta, name).isEmpty()) {
                spoke = true;
                deliver(new Text(text(delta, name)), listener);
            }
        }
        for (JsonNode call : delta.path("tool_calls")) {
            call(call, listener);
        }
    }

    private static String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isTextual() ? value.textValue() : "";
    }

    /**
     * A call opens with a name, under another index or another id than the one before; some services number every call
     * 0.
     */
    private void call(JsonNode call, AnswerListener listener) throws UpstreamException {
        JsonNode function = call.path("function");
        String name = text(function, "name");
        String id = text(call, "id");
        int index = call.path("index").asInt(callIndex);
        boolean another = calls == 0 || index != callIndex || !id.isEmpty() && !id.equals(callId);
        if (another) {
            if (name.isEmpty()) {
                throw new UpstreamException(Failure.of(FailureKind.BROKEN, "a tool call of the answer has no name"));
            }
            callIndex = index;
            callId = id;
            String unique =
                    id.isEmpty() ? "call_" + UUID.randomUUID().toString().replace("-", "") : id;
            deliver(new ToolCallOpened(calls++, unique, name), listener);
        }
        String arguments = text(function, "arguments");
        if (!arguments.isEmpty()) {
            deliver(new ToolCallArguments(calls - 1, arguments), listener);
        }
    }

    private void finish(AnswerListener listener) {
        finished = true;
        if (usage != null) {
            deliver(usage, listener);
        }
        deliver(new Finished(reason()), listener);
    }

    private Finished.Reason reason() {
        return switch (finishReason) {
            case "length" -> Finished.Reason.LENGTH;
            case "content_filter" -> Finished.Reason.CONTENT_FILTER;
            default -> calls > 0 ? Finished.Reason.TOOL_CALLS : Finished.Reason.STOP;
        };
    }

    private static Usage usage(JsonNode usage) {
        return new Usage(
                count(usage.path("prompt_tokens")),
                count(usage.path("completion_tokens")),
                count(usage.at("/completion_tokens_details/reasoning_tokens")),
                count(usage.at("/prompt_tokens_details/cached_tokens")));
    }

    private static int count(JsonNode number) {
        return Math.max(0, number.asInt(0));
    }
}
