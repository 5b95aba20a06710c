package dev.qwen2api.api.openai.items;

import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Assembles messages from items: a call, an item of its own here, belongs to the assistant's message before it. */
public final class MessageAssembler {

    private final List<Message> messages = new ArrayList<>();

    public MessageAssembler() {}

    public MessageAssembler(List<Message> earlier) {
        messages.addAll(earlier);
    }

    public void message(Role role, List<Part> parts) {
        messages.add(new Message(role, parts, List.of(), ""));
    }

    public void call(ToolCall call) {
        int last = messages.size() - 1;
        if (last < 0 || messages.get(last).role() != Role.ASSISTANT) {
            messages.add(new Message(Role.ASSISTANT, List.of(), List.of(call), ""));
            return;
        }
        Message before = messages.get(last);
        var calls = new ArrayList<>(before.calls());
        calls.add(call);
        messages.set(last, new Message(Role.ASSISTANT, before.parts(), calls, ""));
    }

    public void result(String callId, List<Part> parts) {
        messages.add(new Message(Role.TOOL, parts, List.of(), callId));
    }

    public List<Message> list() {
        return List.copyOf(messages);
    }
}
