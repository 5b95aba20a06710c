package dev.qwen2api.qwen.cli;

import java.net.URI;

/**
 * With what a request goes to the portal.
 *
 * @param who whose it is, for people
 * @param bearer the token; a secret
 * @param base where it is good, without {@code /v1} at its end
 * @param kind where it came from
 */
record Pass(String who, String bearer, URI base, Kind kind) {

    /** The two kinds of credential. */
    enum Kind {
        OAUTH,
        KEY
    }

    @Override
    public String toString() {
        return "Pass[" + who + "]";
    }
}
