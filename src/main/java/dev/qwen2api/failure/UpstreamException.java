package dev.qwen2api.failure;

import java.util.Objects;

/** Carries a {@link Failure} from where it was seen to where it is judged. Its message is the failure's detail. */
public final class UpstreamException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public UpstreamException(Failure failure) {
        super(failure.kind() + ": " + failure.detail());
        this.failure = Objects.requireNonNull(failure);
    }

    public UpstreamException(Failure failure, Throwable cause) {
        super(failure.kind() + ": " + failure.detail(), cause);
        this.failure = Objects.requireNonNull(failure);
    }

    public Failure failure() {
        return failure;
    }
}
