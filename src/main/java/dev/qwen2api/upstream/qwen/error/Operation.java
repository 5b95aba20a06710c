package dev.qwen2api.upstream.qwen.error;

import dev.qwen2api.failure.RequestKind;
import java.util.Optional;

/** The call of the web API in which an error arrived: the same code means different things in different calls. */
public enum Operation {
    NEW_CHAT,
    COMPLETION,
    /** A frame of the event stream that a completion opened. */
    FRAME,
    /** {@code getstsToken}. */
    UPLOAD_TICKET,
    /** {@code files/parse} and its status. */
    PARSE,
    TASK_STATUS,
    RENEWAL,
    /** Reads that belong to no request of a client, such as the catalogue and {@code auths}. */
    PROBE;

    boolean isUpload() {
        return this == UPLOAD_TICKET || this == PARSE;
    }

    /** The kind of request whose limits a failure concerns, where the call itself decides that. */
    Optional<RequestKind> scope() {
        return switch (this) {
            case UPLOAD_TICKET, PARSE -> Optional.of(RequestKind.UPLOAD);
            case TASK_STATUS -> Optional.of(RequestKind.VIDEO);
            case NEW_CHAT, COMPLETION, FRAME, RENEWAL, PROBE -> Optional.empty();
        };
    }
}
