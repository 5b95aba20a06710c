package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Tells the cost of an answer once, right before its end: the upstream's last count, or an estimate where it sent none. */
final class Tally implements AnswerListener {

    private final IntSupplier promptEstimate;
    private final AnswerListener next;
    private final TokenEstimate text = new TokenEstimate();
    private final TokenEstimate thinking = new TokenEstimate();
    private @Nullable Usage counted;

    Tally(IntSupplier promptEstimate, AnswerListener next) {
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
