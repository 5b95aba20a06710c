package dev.qwen2api.config;

/** A {@code .env} text that cannot be read to its end. */
final class EnvSyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String problem;

    EnvSyntaxException(String problem) {
        super(problem);
        this.problem = problem;
    }

    /** What is wrong, with line and name, never with a value. */
    String problem() {
        return problem;
    }
}
