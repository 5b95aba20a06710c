package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import java.util.ArrayList;
import java.util.List;

/** The events of an answer that wait for its commitment. Small pieces of arguments are joined, to spare memory. */
final class HeldEvents {

    /** Pieces are joined to about this many characters. */
    private static final int PIECE = 1024;

    private final List<AnswerEvent> events = new ArrayList<>();
    private final StringBuilder arguments = new StringBuilder();
    private int call;

    void add(AnswerEvent event) {
        if (event instanceof ToolCallArguments more && (arguments.isEmpty() || call == more.index())) {
            call = more.index();
            arguments.append(more.json());
            if (arguments.length() >= PIECE) {
                join();
            }
        } else {
            join();
            events.add(event);
        }
    }

    /** Hands on all events in their order, and forgets them. */
    void release(AnswerListener next) {
        join();
        events.forEach(next::on);
        events.clear();
    }

    private void join() {
        if (!arguments.isEmpty()) {
            events.add(new ToolCallArguments(call, arguments.toString()));
            arguments.setLength(0);
        }
    }
}
