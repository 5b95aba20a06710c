package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.openai.items.CustomToolInput;
import dev.qwen2api.api.openai.items.MessageAssembler;
import dev.qwen2api.api.openai.items.OfferedTools.Known;
import dev.qwen2api.api.openai.items.ToolForm;
import dev.qwen2api.chat.Message.ToolCall;

/**
 * A tool call. The arguments of a function are sent as the model writes them; the free text of a custom tool in one
 * piece, once the JSON around it is complete.
 */
final class CallItem extends OutputItem {

    private static final String ARGUMENTS = "response.function_call_arguments.";
    private static final String INPUT = "response.custom_tool_call_input.";

    private final Known tool;
    private final byte[] delta;

    CallItem(String response, Item item, Known tool, EventFrames frames) {
        super(tool.form() == ToolForm.CUSTOM ? ItemIds.CUSTOM_CALL : ItemIds.FUNCTION_CALL, response, item, frames);
        this.tool = tool;
        this.delta = EventFrames.head((tool.form() == ToolForm.CUSTOM ? INPUT : ARGUMENTS) + "delta", place());
    }

    private boolean custom() {
        return tool.form() == ToolForm.CUSTOM;
    }

    /** A function without parameters is called with an empty object, even by a model that wrote nothing. */
    private String arguments() {
        String arguments = item.text();
        return arguments.isEmpty() && !isOpen() ? "{}" : arguments;
    }

    private String input() {
        return isOpen() ? "" : CustomToolInput.fromArguments(item.text());
    }

    @Override
    ObjectNode json() {
        ObjectNode call = head(custom() ? "custom_tool_call" : "function_call")
                .put("call_id", item.call().id())
                .put("name", tool.name());
        if (!tool.nameSpace().isEmpty()) {
            call.put("namespace", tool.nameSpace());
        }
        return custom() ? call.put("input", input()) : call.put("arguments", arguments());
    }

    @Override
    void addTo(MessageAssembler messages) {
        String arguments = custom() ? CustomToolInput.toArguments(input()) : arguments();
        messages.call(new ToolCall(item.call().id(), tool.fullName(), arguments));
    }

    @Override
    void grew(String piece) {
        if (!custom()) {
            delta(delta, piece);
        }
    }

    @Override
    void closing() {
        if (!custom()) {
            event(ARGUMENTS + "done", place().put("name", tool.name()).put("arguments", arguments()));
            return;
        }
        String input = input();
        if (!input.isEmpty()) {
            delta(delta, input);
        }
        event(INPUT + "done", place().put("input", input));
    }
}
