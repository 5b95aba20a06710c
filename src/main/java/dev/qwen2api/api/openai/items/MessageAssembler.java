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

    /** Calls that are not yet in the last message; one by one, each would copy all before it. */
    private final List<ToolCall> calls = new ArrayList<>();

    public MessageAssembler() {}

    public MessageAssembler(List<Message> earlier) {
        messages.addAll(earlier);
    }

    public void message(Role role, List<Part> parts) {
        add(Message.of(role, parts));
    }

    public void call(ToolCall call) {
        calls.add(call);
    }

    public void result(String callId, List<Part> parts) {
        add(new Message(Role.TOOL, parts, List.of(), callId));
    }

    public List<Message> list() {
        addCalls();
        return List.copyOf(messages);
    }

    private void add(Message message) {
        addCalls();
        messages.add(message);
    }

    private void addCalls() {
        if (calls.isEmpty()) {
            return;
        }
        int last = messages.size() - 1;
        Message before = last >= 0 && messages.get(last).role() == Role.ASSISTANT
                ? messages.remove(last)
                : Message.of(Role.ASSISTANT, List.of());
        calls.addAll(0, before.calls());
        messages.add(new Message(Role.ASSISTANT, before.parts(), calls, ""));
        calls.clear();
    }
}
