package dev.qwen2api.chat;

/** Thrown when the client has hung up. The upstream is stopped, and no account is penalized. */
public final class ClientGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClientGoneException(Throwable cause) {
        super("the client closed the connection", cause);
    }

    public ClientGoneException() {
        super("the client closed the connection");
    }
}
