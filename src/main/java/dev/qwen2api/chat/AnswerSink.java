package dev.qwen2api.chat;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.failure.Problem;
import java.util.List;

/**
 * Sends an answer to one client in its dialect, streamed or whole. Used by one thread. Every method may throw {@link
 * ClientGoneException}.
 */
public interface AnswerSink extends AnswerListener {

    /**
     * Tells which account is tried now, for the log. May be called several times; the last account is the one that
     * counts.
     */
    default void leased(AccountId account) {}

    /**
     * Tells which parts of the conversation the model is not sent, before {@link #open()}; replaces an earlier list.
     */
    default void shortened(List<String> omitted) {}

    /** Tells which attachments are left out whatever account is tried, before any is. */
    default void withoutAttachments(List<String> omitted) {}

    /** The id of the request, for the log. */
    default String requestId() {
        return "-";
    }

    /** Fingerprint of the client's API key; empty where there is none. */
    default String client() {
        return "";
    }

    /**
     * Whether the client is sent nothing before the answer is complete, so that the account can be changed until
     * then.
     */
    default boolean isWhole() {
        return false;
    }

    /** Names the channel that answers in place of the one that was asked for. */
    default void fallback(String channel) {}

    /** The commit point: the answer is coming. Called once, before the first event; no account is changed after it. */
    void open();

    /** Prints one event; needs not reach the client before {@link #flush()}. The last one is {@code Finished}. */
    @Override
    void on(AnswerEvent event);

    /** Sends what has been printed. */
    void flush();

    /**
     * Shows the client and the proxies between that the gateway is alive. May be called before {@link #open()}: then
     * the status is spent, the account can still change.
     */
    void heartbeat();

    /** Returns whether the client is known to have hung up; cheap and never blocks. */
    boolean clientGone();

    /** Ends with an answer to failure: a status where none was sent yet, else an error in the stream. */
    void fail(Problem problem);

    /** Ends the answer after {@code Finished}. */
    void done();
}
