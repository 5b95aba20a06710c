package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.openai.items.BuiltInTools;
import dev.qwen2api.api.openai.items.MessageAssembler;
import dev.qwen2api.api.openai.items.OfferedTools.Known;
import dev.qwen2api.api.openai.items.ToolForm;
import dev.qwen2api.chat.Message.ToolCall;

/**
 * A call of a tool that OpenAI describes itself, such as a shell: it is sent when it is complete. One that is cut off
 * is not sent at all, since half a command or half a patch would look like a whole one.
 */
final class BuiltInCallItem extends OutputItem {

    private final Known tool;

    BuiltInCallItem(String response, Item item, Known tool, EventFrames frames) {
        super(ItemIds.FUNCTION_CALL, response, item, frames);
        this.tool = tool;
    }

    @Override
    ObjectNode json() {
        ToolForm form = tool.form();
        ObjectNode call = head(form.itemType()).put("call_id", item.call().id());
        call.set(form.field(), BuiltInTools.fromArguments(form, item.text()));
        return switch (form) {
            case TOOL_SEARCH -> call.put("execution", "client");
            case SHELL -> call.putNull("environment");
            // The schema knows no incomplete patch.
            case APPLY_PATCH -> call.put("status", isComplete() ? "completed" : "in_progress");
            default -> call;
        };
    }

    @Override
    void addTo(MessageAssembler messages) {
        messages.call(new ToolCall(item.call().id(), tool.fullName(), item.text()));
    }

    @Override
    boolean isShown() {
        return isComplete() || BuiltInTools.isWhole(item.text());
    }

    @Override
    void open() {}

    @Override
    void closing() {
        added();
    }
}
