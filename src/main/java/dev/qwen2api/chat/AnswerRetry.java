package dev.qwen2api.chat;

/** Requests an answer again in place of one that cannot be used. */
@FunctionalInterface
public interface AnswerRetry {

    /** Never requests an answer again. */
    AnswerRetry NEVER = reason -> false;

    /**
     * Rejects the answer that is being read.
     *
     * @param reason what is wrong with it, for the log
     * @return true if the answer is requested again and nothing more of this one may be passed on; false if something
     *     of it was sent to the client, or it was requested again before
     */
    boolean request(String reason);
}
