package dev.qwen2api.toolcall;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.toolcall.CallExtractor.ParsedToolCall;
import dev.qwen2api.toolcall.ReaderContext.TextReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Passes thinking on at once, except for a thought that is nothing but a call so far: it may be all of the answer. */
final class ThoughtReader {

    private final AnswerListener next;
    private final List<Reasoning> held = new ArrayList<>();
    private final Trial trial;
    private boolean released;

    ThoughtReader(ToolLookup tools, boolean structured, AnswerListener next) {
        this.next = next;
        this.trial = new Trial(tools, structured);
    }

    void read(Reasoning thought) {
        if (released) {
            next.on(thought);
            return;
        }
        held.add(thought);
        trial.append(thought.text());
        if (trial.words) {
            release();
        }
    }

    /** Passes on what is held back. */
    void release() {
        released = true;
        held.forEach(next::on);
        held.clear();
    }

    /** The call that all of the thinking is; it is no thinking then. */
    Optional<ParsedToolCall> call() {
        if (released || held.isEmpty()) {
            return Optional.empty();
        }
        Optional<ParsedToolCall> call = trial.call();
        if (call.isPresent()) {
            held.clear();
        }
        return call;
    }

    /** Parses the thinking as if it was the answer. */
    private static final class Trial implements AnswerListener {

        private final TextBuffer textBuffer = new TextBuffer();
        private final ToolCallEmitter out = new ToolCallEmitter(() -> "", Integer.MAX_VALUE, AnswerRetry.NEVER, this);
        private final StringBuilder arguments = new StringBuilder();
        private final ReaderContext context;
        private TextReader reader;
        private String name = "";
        private boolean words;
        private boolean complete;

        Trial(ToolLookup tools, boolean structured) {
            context = new ReaderContext(textBuffer, out, tools, structured, new CodeSpanTracker(), ProseReader::new);
            reader = context.prose();
        }

        void append(String text) {
            textBuffer.append(text);
            reader = context.readOn(reader);
        }

        Optional<ParsedToolCall> call() {
            textBuffer.end();
            reader = context.readOn(reader);
            out.finish(Reason.STOP);
            return complete && !words && out.calls() == 1
                    ? Optional.of(new ParsedToolCall(name, arguments.toString()))
                    : Optional.empty();
        }

        @Override
        public void on(AnswerEvent event) {
            if (event instanceof AnswerEvent.Text text) {
                words |= !text.text().isBlank();
            } else if (event instanceof AnswerEvent.ToolCallOpened opened) {
                name = opened.name();
            } else if (event instanceof AnswerEvent.ToolCallArguments more) {
                arguments.append(more.json());
            } else if (event instanceof AnswerEvent.Finished finished) {
                complete = finished.reason() == Reason.TOOL_CALLS;
            }
        }
    }
}
