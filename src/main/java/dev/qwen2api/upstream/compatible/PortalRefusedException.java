package dev.qwen2api.upstream.compatible;

import dev.qwen2api.chat.RelayedError;

/** The portal said no, in words that the client may read. Its message holds no secret. */
final class PortalRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient RelayedError error;

    /** What a refusal means for the credential that met it. */
    enum Kind {
        /** The token is dead. */
        DEAD_TOKEN,
        /** The quota of the day is gone. */
        DAY_SPENT,
        /** Too much at once, or not allowed, or trouble: another credential may do better. */
        ELSEWHERE,
        /** The request is at fault, and would be anywhere. */
        FINAL
    }

    PortalRefusedException(Kind kind, RelayedError error) {
        super(error.message());
        this.kind = kind;
        this.error = error;
    }

    Kind kind() {
        return kind;
    }

    RelayedError error() {
        return error;
    }
}
