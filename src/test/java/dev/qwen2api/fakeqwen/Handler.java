package dev.qwen2api.fakeqwen;

import java.io.IOException;

/** Answers the requests of one or more routes. */
interface Handler {
    void serve(Exchange exchange) throws IOException;
}
