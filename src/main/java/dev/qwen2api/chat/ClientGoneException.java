package dev.qwen2api.chat;

/** The client hung up. Nobody's failure: the upstream is told to stop and no account is blamed. */
public final class ClientGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClientGoneException(Throwable cause) {
        super("the client closed the connection", cause);
    }

    public ClientGoneException() {
        super("the client closed the connection");
    }
}
