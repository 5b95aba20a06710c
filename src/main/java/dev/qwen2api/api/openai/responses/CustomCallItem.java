package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.openai.responses.OfferedTools.Known;
import dev.qwen2api.chat.Message.ToolCall;

/** A call of a tool that takes free text. The text is told in one piece, once the JSON around it is complete. */
final class CustomCallItem extends OutputItem {

    private static final String PREFIX = "response.custom_tool_call_input.";

    private final String callId;
    private final Known tool;

    CustomCallItem(String id, int index, String callId, Known tool, EventListener eventListener) {
        super(id, index, eventListener);
        this.callId = callId;
        this.tool = tool;
    }

    private String input() {
        return isOpen() ? "" : CustomToolInput.fromArguments(text());
    }

    @Override
    ObjectNode json() {
        ObjectNode item = head("custom_tool_call").put("call_id", callId).put("name", tool.name());
        if (!tool.nameSpace().isEmpty()) {
            item.put("namespace", tool.nameSpace());
        }
        return item.put("input", input());
    }

    @Override
    void addTo(MessageAssembler messageAssembler) {
        messageAssembler.call(new ToolCall(callId, tool.told(), CustomToolInput.toArguments(input())));
    }

    @Override
    void opened() {}

    @Override
    void grew(String more) {}

    @Override
    void closing() {
        if (!input().isEmpty()) {
            delta(EventFrames.head(PREFIX + "delta", place()), input());
        }
        event(PREFIX + "done", place().put("input", input()));
    }
}
