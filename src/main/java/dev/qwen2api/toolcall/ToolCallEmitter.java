package dev.qwen2api.toolcall;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.function.Supplier;

/** Hands on words and calls. Blanks before, between and after calls are handed on only if there are words beside them. */
final class ToolCallEmitter {

    private final Supplier<String> ids;
    private final AnswerListener next;

    /** Blanks at the start of the answer or behind a call. */
    private final StringBuilder blanks = new StringBuilder();

    private boolean inWords;
    private int calls;

    ToolCallEmitter(Supplier<String> ids, AnswerListener next) {
        this.ids = ids;
        this.next = next;
    }

    void text(String words) {
        if (words.isEmpty()) {
            return;
        }
        if (!inWords && words.isBlank()) {
            blanks.append(words);
            return;
        }
        inWords = true;
        next.on(new AnswerEvent.Text(blanks + words));
        blanks.setLength(0);
    }

    /** Opens the next call; its arguments follow. */
    void open(Tool tool) {
        blanks.setLength(0);
        inWords = false;
        next.on(new AnswerEvent.ToolCallOpened(calls, ids.get(), tool.name()));
        calls++;
    }

    /** Writes more of the arguments of the call opened last. */
    void arguments(String json) {
        if (!json.isEmpty()) {
            next.on(new AnswerEvent.ToolCallArguments(calls - 1, json));
        }
    }

    void call(ParsedToolCall parsedToolCall) {
        open(parsedToolCall.tool());
        arguments(parsedToolCall.arguments());
    }

    /** How many calls were opened. */
    int calls() {
        return calls;
    }

    /** Whether no words stand before this point, or none since the last call. */
    boolean noWordsYet() {
        return !inWords;
    }

    /** Ends the text: an answer of nothing but blanks is given as it is. */
    void finish() {
        if (calls == 0 && blanks.length() > 0) {
            next.on(new AnswerEvent.Text(blanks.toString()));
            blanks.setLength(0);
        }
    }
}
