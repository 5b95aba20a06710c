package dev.qwen2api.toolcall;

import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.Optional;

/**
 * Passes on the upstream's native calls of offered tools, each once it is complete; the service's own are left out.
 * Also recognises an answer that opens with the service's reply to such a call, which it could not run.
 */
final class NativeCallReader {

    private final ToolLookup tools;
    private final ToolCallEmitter out;
    private final StringBuilder arguments = new StringBuilder();
    private Optional<String> name = Optional.empty();
    private boolean any;

    /** Text that may be the beginning of a reply of the service. */
    private final StringBuilder held = new StringBuilder();

    private boolean noReply;
    private boolean missingTool;

    NativeCallReader(ToolLookup tools, ToolCallEmitter out) {
        this.tools = tools;
        this.out = out;
    }

    void open(ToolCallOpened call) {
        finish();
        name = tools.find(call.name()).map(Tool::name);
    }

    void arguments(ToolCallArguments more) {
        if (name.isPresent()) {
            arguments.append(more.json());
        }
    }

    /** Ends the call that is open, if any. */
    void finish() {
        if (name.isEmpty()) {
            return;
        }
        any = true;
        String tool = name.get();
        String json = arguments.toString().strip();
        name = Optional.empty();
        arguments.setLength(0);
        Optional<String> valid = json.isEmpty() ? Optional.of("{}") : LenientJson.repairWhole(json);
        boolean whole = !out.limited() || valid.filter(json::equals).isPresent();
        if (whole && valid.isPresent() && JsonMembers.isObject(valid.get())) {
            out.call(tool, valid.get());
        } else {
            out.call(tool, json);
            out.cutOff();
        }
    }

    /** Whether there was a call of an offered tool: what the service writes behind it is its own error. */
    boolean any() {
        return any;
    }

    /** Returns the text that is certainly none of the reply; holds back what may be its beginning. */
    String filter(String text) {
        if (noReply) {
            return text;
        }
        held.append(text);
        missingTool = MissingToolReply.tool(held).flatMap(tools::find).isPresent();
        int compared = Math.min(held.length(), MissingToolReply.BEGINNING.length());
        boolean may = held.substring(0, compared).equals(MissingToolReply.BEGINNING.substring(0, compared));
        noReply = missingTool || !may || held.length() > MissingToolReply.LONGEST || held.indexOf("\n") >= 0;
        return noReply ? rest() : "";
    }

    /** Whether the reply refuses a tool that is offered. */
    boolean isMissingTool() {
        return missingTool;
    }

    /** Returns what is held back. */
    String rest() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }
}
