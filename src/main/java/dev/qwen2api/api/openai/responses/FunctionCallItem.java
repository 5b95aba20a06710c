package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.openai.responses.OfferedTools.Known;
import dev.qwen2api.chat.Message.ToolCall;

/** A call of a function; its arguments come as the model writes them. */
final class FunctionCallItem extends OutputItem {

    private static final String PREFIX = "response.function_call_arguments.";

    private final String callId;
    private final Known function;
    private final byte[] delta;

    FunctionCallItem(String id, int index, String callId, Known function, EventListener eventListener) {
        super(id, index, eventListener);
        this.callId = callId;
        this.function = function;
        this.delta = EventFrames.head(PREFIX + "delta", place());
    }

    /** A function without parameters is called with an empty object, even by a model that wrote nothing. */
    private String arguments() {
        return text().isEmpty() && !isOpen() ? "{}" : text();
    }

    @Override
    ObjectNode json() {
        ObjectNode item = head("function_call").put("call_id", callId).put("name", function.name());
        if (!function.nameSpace().isEmpty()) {
            item.put("namespace", function.nameSpace());
        }
        return item.put("arguments", arguments());
    }

    @Override
    void addTo(MessageAssembler messageAssembler) {
        messageAssembler.call(new ToolCall(callId, function.told(), arguments()));
    }

    @Override
    void opened() {}

    @Override
    void grew(String more) {
        delta(delta, more);
    }

    @Override
    void closing() {
        event(PREFIX + "done", place().put("name", function.name()).put("arguments", arguments()));
    }
}
