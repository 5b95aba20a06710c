package dev.qwen2api.failure;

import java.util.Objects;

/** Ends a request with a {@link Problem}, thrown wherever the problem is found before the client was sent anything. */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.message());
        this.problem = Objects.requireNonNull(problem);
    }

    public Problem problem() {
        return problem;
    }
}
