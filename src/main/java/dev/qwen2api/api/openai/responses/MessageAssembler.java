package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Puts turns together from items: calls, each an item of its own here, belong to the turn of the assistant before them. */
final class MessageAssembler {

    private final List<Message> turns = new ArrayList<>();

    MessageAssembler() {}

    MessageAssembler(List<Message> earlier) {
        turns.addAll(earlier);
    }

    void message(Role role, List<Part> parts) {
        turns.add(new Message(role, parts, List.of(), ""));
    }

    void call(ToolCall call) {
        int last = turns.size() - 1;
        if (last < 0 || turns.get(last).role() != Role.ASSISTANT) {
            turns.add(new Message(Role.ASSISTANT, List.of(), List.of(call), ""));
            return;
        }
        Message before = turns.get(last);
        var calls = new ArrayList<>(before.calls());
        calls.add(call);
        turns.set(last, new Message(Role.ASSISTANT, before.parts(), calls, ""));
    }

    void result(String callId, List<Part> parts) {
        turns.add(new Message(Role.TOOL, parts, List.of(), callId));
    }

    List<Message> list() {
        return List.copyOf(turns);
    }
}
