package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Message;
import java.util.List;

/**
 * A request for a response, read.
 *
 * @param conversation what was asked
 * @param stream whether the answer is wanted as it comes
 * @param store whether the response may be gone on from later
 * @param form what the printers must know of the request
 * @param said everything said so far but the instructions, which count for one response only
 */
public record ResponsesRequest(
        Conversation conversation, boolean stream, boolean store, Form form, List<Message> said) {

    public ResponsesRequest {
        said = List.copyOf(said);
    }

    /**
     * What the printers must know of a request.
     *
     * @param offer the tools, by the names that the client knows them by
     * @param parallel whether the answer may hold more than one call
     * @param echo what every response repeats of its request: fields of a JSON object, without the braces
     */
    public record Form(OfferedTools offer, boolean parallel, String echo) {}
}
