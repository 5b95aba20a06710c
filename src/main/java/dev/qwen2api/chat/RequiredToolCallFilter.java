package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds an answer back until the tool call arrives that the client requires. An answer that stops without the call is
 * not passed on, so that the request can be sent once more; one that ends for another reason is passed on as it is.
 * Used by one thread.
 */
final class RequiredToolCallFilter implements AnswerListener {

    private final ToolChoice choice;
    private final AnswerListener next;
    private final List<AnswerEvent> held = new ArrayList<>();
    private @Nullable Usage usage;
    private boolean met;
    private boolean unmet;

    RequiredToolCallFilter(ToolChoice choice, AnswerListener next) {
        this.choice = choice;
        this.next = next;
    }

    /** Whether the client requires a call. */
    static boolean isRequiredBy(Conversation conversation) {
        boolean required = switch (conversation.toolChoice().mode()) {
            case REQUIRED, NAMED -> true;
            case AUTO, NONE -> false;
        };
        return required && !conversation.tools().isEmpty();
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
        } else if (event instanceof ToolCallOpened call && isRequired(call)) {
            release();
        } else if (event instanceof Finished finished) {
            finish(finished);
        }
    }

    private boolean isRequired(ToolCallOpened call) {
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
    boolean isUnmet() {
        return unmet;
    }

    /** What the unmet answer cost; null where that is not known. */
    @Nullable
    Usage usage() {
        return usage;
    }
}
