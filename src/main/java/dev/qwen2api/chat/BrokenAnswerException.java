package dev.qwen2api.chat;

import dev.qwen2api.failure.Failure;

/** Thrown by a listener that finds an answer unusable; carries the failure. */
public final class BrokenAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public BrokenAnswerException(Failure failure) {
        super(failure.detail());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
