package dev.qwen2api.fakeqwen;

import java.io.IOException;

/** The peer closed or reset its side before the reply was complete. */
final class ClientGone extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGone(String what) {
        super(what);
    }
}
