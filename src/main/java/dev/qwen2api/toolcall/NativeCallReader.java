package dev.qwen2api.toolcall;

import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.Optional;

/** Passes on the upstream's native calls of offered tools, each once it is complete; the service's own are left out. */
final class NativeCallReader {

    private final ToolLookup tools;
    private final ToolCallEmitter out;
    private final StringBuilder arguments = new StringBuilder();
    private Optional<String> name = Optional.empty();
    private boolean any;

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
        Optional<String> valid = json.isEmpty() ? Optional.of("{}") : JsonRepair.mendWhole(json);
        if (valid.isPresent() && JsonMembers.isObject(valid.get())) {
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
}
