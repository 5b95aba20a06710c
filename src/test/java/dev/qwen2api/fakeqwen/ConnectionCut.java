package dev.qwen2api.fakeqwen;

import java.io.IOException;

/** A fault ordered the connection to be dropped; the socket is already closed or reset. */
final class ConnectionCut extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectionCut(String what) {
        super(what);
    }
}
