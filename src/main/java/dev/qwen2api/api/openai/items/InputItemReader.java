package dev.qwen2api.api.openai.items;

import dev.qwen2api.api.json.ContentPartReader;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.api.openai.items.OfferedTools.Known;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Parses input items into messages. Thinking is no part of the conversation; an item of an unknown type becomes text
 * for the model.
 */
public final class InputItemReader {

    /** The item that asks for a summary in place of an answer. */
    public static final String COMPACTION_TRIGGER = "compaction_trigger";

    private static final String PART_TYPES = "input_text or output_text";
    private static final int LONGEST_UNKNOWN = 20_000;

    private final Function<RequestField, Optional<RequestField>> referred;
    private final MessageAssembler messages;

    /**
     * @param referred finds the item that a reference names; empty where it says nothing to the model
     * @param messages where the messages of the input are added
     */
    public InputItemReader(Function<RequestField, Optional<RequestField>> referred, MessageAssembler messages) {
        this.referred = referred;
        this.messages = messages;
    }

    public void read(RequestField input) {
        if (input.isText()) {
            messages.message(Role.USER, text(input.text()));
        } else if (input.isArray()) {
            input.items().forEach(item -> item(item.object()));
        } else {
            throw input.wrong("a string or an array of items");
        }
    }

    private void item(RequestField item) {
        String type = type(item);
        switch (type) {
            case "message" ->
                messages.message(role(item.get("role")), ContentPartReader.parts(item.get("content"), PART_TYPES));
            case "function_call" ->
                messages.call(call(item, item.get("arguments").text()));
            case "custom_tool_call" ->
                messages.call(
                        call(item, CustomToolInput.toArguments(item.get("input").text())));
            case "local_shell_call", "shell_call", "apply_patch_call", "tool_search_call" -> builtIn(item, type);
            case "function_call_output", "custom_tool_call_output" ->
                messages.result(item.get("call_id").text(), result(item.get("output")));
            case "local_shell_call_output", "shell_call_output", "apply_patch_call_output" ->
                messages.result(callId(item), text(outcome(item, "output")));
            case "tool_search_output", "tool_search_call_output" ->
                messages.result(callId(item), text(outcome(item, "tools")));
            case "agent_message" -> messages.message(Role.USER, text(agentMessage(item)));
            case "compaction", "compaction_summary", "context_compaction" ->
                messages.message(
                        Role.USER,
                        text(CompactionSummary.forModel(
                                item.get("encrypted_content").optionalText().orElse(""))));
            case "item_reference" -> referred.apply(item.get("id")).ifPresent(this::item);
            // Tools are read with the other tools, and a trigger with the form of the response.
            case "reasoning", "additional_tools", COMPACTION_TRIGGER -> {}
            default -> messages.message(type.endsWith("_call") ? Role.ASSISTANT : Role.USER, text(unknown(item)));
        }
    }

    private static List<Part> text(String text) {
        return List.of(new Message.Text(text));
    }

    /** Messages and references need not give their type. */
    private static String type(RequestField item) {
        Optional<String> type = item.get("type").optionalText();
        boolean bare = item.get("id").isPresent() && !item.get("role").isPresent();
        return type.orElse(bare ? "item_reference" : "message");
    }

    private static Role role(RequestField role) {
        return switch (role.text()) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default -> throw role.wrong("one of user, assistant, system, developer");
        };
    }

    private static ToolCall call(RequestField item, String arguments) {
        var known = new Known(
                item.get("name").text(), item.get("namespace").optionalText().orElse(""), ToolForm.FUNCTION);
        return new ToolCall(item.get("call_id").text(), known.fullName(), arguments);
    }

    private void builtIn(RequestField item, String type) {
        ToolForm form = ToolForm.ofItem(type).orElseThrow();
        RequestField given = item.get(form.field());
        String arguments = given.isText()
                ? given.text()
                : WellFormedText.text(given.object().json());
        messages.call(new ToolCall(callId(item), form.toolType(), arguments));
    }

    /** Some items name their call by the item's own id. */
    private static String callId(RequestField item) {
        RequestField call = item.get("call_id");
        return call.isPresent() || !item.get("id").isPresent()
                ? call.text()
                : item.get("id").text();
    }

    private static List<Part> result(RequestField output) {
        return output.isObject() ? text(output.json()) : ContentPartReader.parts(output, PART_TYPES);
    }

    /** What a built-in tool returned, as text; with its status where that is a failure. */
    private static String outcome(RequestField item, String field) {
        RequestField output = item.get(field);
        String text = output.isText() ? output.text() : output.isPresent() ? WellFormedText.text(output.json()) : "";
        boolean failed =
                item.get("status").isText() && item.get("status").text().equals("failed");
        return failed ? "The call failed:\n" + text : text;
    }

    private static String agentMessage(RequestField item) {
        var text = new StringBuilder("Message");
        item.get("author")
                .optionalText()
                .ifPresent(author -> text.append(" from ").append(author));
        item.get("recipient")
                .optionalText()
                .ifPresent(recipient -> text.append(" to ").append(recipient));
        text.append(":\n");
        RequestField content = item.get("content");
        if (!content.isArray()) {
            return text.append(content.isText() ? content.text() : content.json())
                    .toString();
        }
        content.items()
                .forEach(part -> text.append(
                                part.get("text").isText() ? part.get("text").text() : part.json())
                        .append('\n'));
        return text.toString();
    }

    private static String unknown(RequestField item) {
        String json = WellFormedText.text(item.json());
        return json.length() <= LONGEST_UNKNOWN
                ? json
                : json.substring(0, LONGEST_UNKNOWN) + "… (" + (json.length() - LONGEST_UNKNOWN)
                        + " characters are left out)";
    }
}
