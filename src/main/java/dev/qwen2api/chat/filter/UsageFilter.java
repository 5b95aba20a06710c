package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.TokenEstimate;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Emits the token usage once, right before the end of an answer: the upstream's last count, or an estimate. */
public final class UsageFilter implements AnswerListener {

    private final IntSupplier promptEstimate;
    private final AnswerListener next;
    private final TokenEstimate text = new TokenEstimate();
    private final TokenEstimate thinking = new TokenEstimate();
    private @Nullable Usage counted;

    public UsageFilter(IntSupplier promptEstimate, AnswerListener next) {
        this.promptEstimate = promptEstimate;
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Usage usage) {
            counted = usage;
            return;
        }
        if (event instanceof Finished) {
            next.on(usage());
        } else if (counted == null) {
            estimate(event);
        }
        next.on(event);
    }

    private void estimate(AnswerEvent event) {
        if (event instanceof Text more) {
            text.add(more.text());
        } else if (event instanceof ToolCallArguments arguments) {
            text.add(arguments.json());
        } else if (event instanceof Reasoning more) {
            thinking.add(more.text());
        }
    }

    private Usage usage() {
        if (counted != null) {
            return counted;
        }
        int thought = thinking.tokens();
        return new Usage(promptEstimate.getAsInt(), text.tokens() + thought, thought, 0);
    }
}
