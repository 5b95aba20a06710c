package dev.qwen2api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.Turn.ToolCall;
import dev.qwen2api.openai.responses.ToolOffer.Known;

/** A call of a tool that takes free text. The text is told in one piece, once the JSON around it is complete. */
final class CustomCallItem extends Item {

    private static final String PREFIX = "response.custom_tool_call_input.";

    private final String callId;
    private final Known tool;

    CustomCallItem(String id, int index, String callId, Known tool, Frames frames) {
        super(id, index, frames);
        this.callId = callId;
        this.tool = tool;
    }

    private String input() {
        return isOpen() ? "" : CustomInput.fromArguments(text());
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
    void addTo(Turns turns) {
        turns.call(new ToolCall(callId, tool.told(), CustomInput.toArguments(input())));
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
