package dev.qwen2api.toolcall;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerRetry;
import java.util.function.Supplier;

/**
 * Passes words and calls on as events. Blanks before, between and after calls pass only if there are words beside them.
 * Once the answer is {@link #over}, nothing passes any more.
 */
final class ToolCallEmitter {

    private final Supplier<String> ids;
    private final int mostCalls;
    private final AnswerRetry retry;
    private final AnswerListener next;

    /** Blanks at the start of the answer or behind a call. */
    private final StringBuilder blanks = new StringBuilder();

    private Reason ending = Reason.STOP;
    private boolean inWords;
    private boolean anyWords;
    private boolean over;
    private int calls;

    /** How many opening marks passed as words whose closing marks did not come yet. */
    private int marksInWords;

    ToolCallEmitter(Supplier<String> ids, int mostCalls, AnswerRetry retry, AnswerListener next) {
        this.ids = ids;
        this.mostCalls = mostCalls;
        this.retry = retry;
        this.next = next;
    }

    void text(String words) {
        if (over || words.isEmpty()) {
            return;
        }
        if (!inWords && words.isBlank()) {
            blanks.append(words);
            return;
        }
        inWords = true;
        anyWords = true;
        next.on(new AnswerEvent.Text(blanks + words));
        blanks.setLength(0);
    }

    /** Opens the next call; its arguments follow. One call too many ends the answer in front of it. */
    void open(String name) {
        if (calls == mostCalls) {
            end();
        }
        if (!over) {
            blanks.setLength(0);
            inWords = false;
            next.on(new AnswerEvent.ToolCallOpened(calls, ids.get(), name));
            calls++;
        }
    }

    /** Writes more of the arguments of the call opened last. */
    void arguments(String json) {
        if (!over && !json.isEmpty()) {
            next.on(new AnswerEvent.ToolCallArguments(calls - 1, json));
        }
    }

    void call(String name, String arguments) {
        open(name);
        arguments(arguments);
    }

    int calls() {
        return calls;
    }

    /** Whether no words stand before this point, or none since the last call. */
    boolean noWordsYet() {
        return !inWords;
    }

    /** Whether the answer has neither words nor calls so far. */
    boolean nothingYet() {
        return !anyWords && calls == 0;
    }

    /** Notes that an opening mark passes as words. */
    void markInWords() {
        marksInWords++;
    }

    /** Whether a closing mark belongs to an opening mark that passed as words. */
    boolean closesMarkInWords() {
        boolean closes = marksInWords > 0;
        marksInWords -= closes ? 1 : 0;
        return closes;
    }

    /** Whether the answer has ended, though the upstream may go on. */
    boolean over() {
        return over;
    }

    /** Notes why the upstream's answer ended. */
    void ending(Reason reason) {
        ending = reason;
    }

    /** Whether a limit or a filter ended the upstream's answer. */
    boolean limited() {
        return ending == Reason.LENGTH || ending == Reason.CONTENT_FILTER;
    }

    /** Ends the answer in front of text that is not the assistant's. */
    void end() {
        finish(Reason.STOP);
    }

    /** Rejects an answer that is unusable; false if it has to be passed on all the same. */
    boolean reject(String reason) {
        over = !over && retry.request(reason);
        return over;
    }

    /**
     * Ends an answer whose last call is incomplete: it is requested again, or ends at its limit with the call left
     * open.
     */
    void cutOff() {
        if (!over && (limited() || !reject("a tool call was cut off"))) {
            finish(limited() ? ending : Reason.LENGTH);
        }
    }

    /** Ends the answer. Blanks pass if there is nothing else. */
    void finish(Reason reason) {
        if (over) {
            return;
        }
        if (calls == 0 && blanks.length() > 0) {
            next.on(new AnswerEvent.Text(blanks.toString()));
            blanks.setLength(0);
        }
        over = true;
        boolean toCalls = reason == Reason.STOP && calls > 0;
        next.on(new AnswerEvent.Finished(toCalls ? Reason.TOOL_CALLS : reason));
    }
}
