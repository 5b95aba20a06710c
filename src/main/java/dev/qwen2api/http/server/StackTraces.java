package dev.qwen2api.http.server;

/** A stack trace without messages: those may quote what a client wrote. */
final class StackTraces {

    private static final int FRAMES = 24;
    private static final int CAUSES = 6;

    private StackTraces() {}

    static String of(Throwable thrown) {
        var text = new StringBuilder();
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < CAUSES; depth++) {
            text.append(depth == 0 ? "" : "\ncaused by ")
                    .append(cause.getClass().getName());
            StackTraceElement[] frames = cause.getStackTrace();
            for (int i = 0; i < Math.min(frames.length, FRAMES); i++) {
                text.append("\n\tat ").append(frames[i]);
            }
            cause = cause.getCause();
        }
        return text.toString();
    }
}
