package dev.qwen2api.openai.responses;

import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Part;
import dev.qwen2api.chat.Turn.Role;
import dev.qwen2api.chat.Turn.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Puts turns together from items: calls, each an item of its own here, belong to the turn of the assistant before them. */
final class Turns {

    private final List<Turn> turns = new ArrayList<>();

    Turns() {}

    Turns(List<Turn> earlier) {
        turns.addAll(earlier);
    }

    void message(Role role, List<Part> parts) {
        turns.add(new Turn(role, parts, List.of(), ""));
    }

    void call(ToolCall call) {
        int last = turns.size() - 1;
        if (last < 0 || turns.get(last).role() != Role.ASSISTANT) {
            turns.add(new Turn(Role.ASSISTANT, List.of(), List.of(call), ""));
            return;
        }
        Turn before = turns.get(last);
        var calls = new ArrayList<>(before.calls());
        calls.add(call);
        turns.set(last, new Turn(Role.ASSISTANT, before.parts(), calls, ""));
    }

    void result(String callId, List<Part> parts) {
        turns.add(new Turn(Role.TOOL, parts, List.of(), callId));
    }

    List<Turn> list() {
        return List.copyOf(turns);
    }
}
