package dev.qwen2api.chat;

/** The connection to the client that waits for an answer. Used by one thread. */
public interface ClientConnection {

    /**
     * Shows the client and the proxies between that the gateway is alive. Spends the status if it was not spent yet.
     */
    void heartbeat();

    /** Returns whether the client is known to have hung up; cheap and never blocks. */
    boolean clientGone();
}
