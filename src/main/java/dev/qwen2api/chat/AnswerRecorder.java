package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records an answer as the client gets it, to recognise it in the client's next request. */
final class AnswerRecorder implements AnswerListener {

    /** Most characters; a longer answer is not recorded. */
    private static final int MOST = 1 << 20;

    private final StringBuilder text = new StringBuilder();
    private final List<ToolCallOpened> calls = new ArrayList<>();
    private final List<StringBuilder> arguments = new ArrayList<>();
    private int length;
    private boolean whole;
    private boolean unusual;

    @Override
    public void on(AnswerEvent event) {
        if (length > MOST) {
            return;
        }
        if (event instanceof Text words) {
            text.append(words.text());
            length += words.text().length();
            unusual |= !calls.isEmpty();
        } else if (event instanceof ToolCallOpened call) {
            calls.add(call);
            arguments.add(new StringBuilder());
        } else if (event instanceof ToolCallArguments more) {
            arguments.get(arguments.size() - 1).append(more.json());
            length += more.json().length();
        } else if (event instanceof Finished end) {
            whole = end.stop().isEmpty()
                    && (end.reason() == Finished.Reason.STOP || end.reason() == Finished.Reason.TOOL_CALLS);
        } else {
            unusual |= event instanceof AnswerEvent.Picture || event instanceof AnswerEvent.Video;
        }
    }

    /** The assistant's message; empty if the answer was cut, or is more than text followed by calls. */
    Optional<Message> message() {
        if (!whole || unusual || length > MOST) {
            return Optional.empty();
        }
        var made = new ArrayList<ToolCall>();
        for (int i = 0; i < calls.size(); i++) {
            made.add(new ToolCall(
                    calls.get(i).id(), calls.get(i).name(), arguments.get(i).toString()));
        }
        return Optional.of(new Message(Message.Role.ASSISTANT, List.of(new Message.Text(text.toString())), made, ""));
    }
}
