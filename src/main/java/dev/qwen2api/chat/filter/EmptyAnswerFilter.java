package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.Video;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.BrokenAnswerException;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;

/** Fails an answer that ends without content; thinking alone is no content. */
public final class EmptyAnswerFilter implements AnswerListener {

    private final AnswerListener next;
    private boolean answered;

    public EmptyAnswerFilter(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Text || event instanceof Picture || event instanceof Video) {
            answered = true;
        } else if (event instanceof Finished finished && finished.reason() == Finished.Reason.STOP && !answered) {
            throw new BrokenAnswerException(Failure.of(FailureKind.EMPTY, "the answer ended without a word"));
        }
        next.on(event);
    }
}
