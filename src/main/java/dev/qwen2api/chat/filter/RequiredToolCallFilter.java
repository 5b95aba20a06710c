package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the call that the client demands: until it comes, everything is held back, so that nothing commits the request
 * to an answer of mere words. An answer that stops without it is unmet and goes nowhere. What ends for another reason is
 * handed on as it is. Used by one thread.
 */
public final class RequiredToolCallFilter implements AnswerListener {

    private final ToolChoice choice;
    private final AnswerListener next;
    private final List<AnswerEvent> held = new ArrayList<>();
    private @Nullable Usage usage;
    private boolean met;
    private boolean unmet;

    public RequiredToolCallFilter(ToolChoice choice, AnswerListener next) {
        this.choice = choice;
        this.next = next;
    }

    /** Whether a call is demanded at all. */
    public static boolean isMadeBy(Conversation conversation) {
        boolean demanded = switch (conversation.toolChoice().mode()) {
            case REQUIRED, NAMED -> true;
            case AUTO, NONE -> false;
        };
        return demanded && !conversation.tools().isEmpty();
    }

    @Override
    public void on(AnswerEvent event) {
        if (met) {
            next.on(event);
            return;
        }
        held.add(event);
        if (event instanceof Usage cost) {
            usage = cost;
        } else if (event instanceof ToolCallOpened call && isDemanded(call)) {
            release();
        } else if (event instanceof Finished finished) {
            finish(finished);
        }
    }

    private boolean isDemanded(ToolCallOpened call) {
        return choice.mode() != ToolChoice.Mode.NAMED || call.name().equals(choice.name());
    }

    private void finish(Finished finished) {
        switch (finished.reason()) {
            case STOP, TOOL_CALLS -> unmet = true;
            case LENGTH, CONTENT_FILTER -> release();
        }
    }

    private void release() {
        met = true;
        held.forEach(next::on);
        held.clear();
    }

    /** Whether the answer has ended without the call. */
    public boolean isUnmet() {
        return unmet;
    }

    /** What the unmet answer cost; null where that is not known. */
    @Nullable
    public Usage usage() {
        return usage;
    }
}
