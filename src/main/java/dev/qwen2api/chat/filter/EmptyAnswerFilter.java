package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Picture;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Video;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.BrokenAnswerException;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;

/**
 * Rejects an answer that ends without having said anything: thinking or white space alone is no answer. White space at
 * the start waits for the text behind it, so that nothing is sent of an answer that is rejected.
 */
public final class EmptyAnswerFilter implements AnswerListener {

    private final AnswerListener next;
    private final StringBuilder blank = new StringBuilder(0);
    private boolean answered;

    public EmptyAnswerFilter(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (answered) {
            next.on(event);
        } else if (event instanceof Text text && text.text().isBlank()) {
            blank.append(text.text());
        } else if (event instanceof Text text) {
            answered = true;
            next.on(blank.isEmpty() ? text : new Text(blank + text.text()));
        } else {
            other(event);
        }
    }

    private void other(AnswerEvent event) {
        if (event instanceof Finished finished && finished.reason() == Finished.Reason.STOP) {
            throw new BrokenAnswerException(Failure.of(FailureKind.EMPTY, "the answer ended without a word"));
        }
        answered = event instanceof Picture
                || event instanceof Video
                || event instanceof ToolCallOpened
                || event instanceof Finished;
        if (answered && !blank.isEmpty()) {
            next.on(new Text(blank.toString()));
        }
        next.on(event);
    }
}
