package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.TokenEstimate;

/**
 * Ends an answer at the client's token limit, which the service ignores. Counts with the upstream's own numbers, or
 * with an estimate where it sends none; thinking counts.
 */
public final class OutputLimitFilter implements AnswerListener {

    private final AnswerListener next;
    private final int maxTokens;
    private final TokenEstimate estimate = new TokenEstimate();
    private boolean counted;
    private boolean ended;

    public OutputLimitFilter(int maxTokens, AnswerListener next) {
        this.maxTokens = maxTokens;
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (ended) {
            return;
        }
        next.on(event);
        if (event instanceof Usage usage) {
            counted = true;
            endAt(usage.output());
        } else if (event instanceof Text text) {
            estimated(text.text());
        } else if (event instanceof Reasoning reasoning && !reasoning.hidden()) {
            estimated(reasoning.text());
        }
    }

    private void estimated(String text) {
        estimate.add(text);
        if (!counted) {
            endAt(estimate.tokens());
        }
    }

    private void endAt(int tokens) {
        if (tokens >= maxTokens) {
            ended = true;
            next.on(new Finished(Finished.Reason.LENGTH));
        }
    }
}
