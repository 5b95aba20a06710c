package dev.qwen2api;

import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;

/** What goes wrong where credentials are obtained. */
final class CliFaults {

    private CliFaults() {}

    /** A refusal in the words of RFC 6749 and 8628. */
    static Fault oauth(Endpoint endpoint, String error) {
        return Refusals.reply(Reply.json("{\"error\":\"" + error + "\",\"error_description\":\"said so\"}")
                        .status(400))
                .on(endpoint);
    }
}
