package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.openai.items.OfferedTools;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Message;
import java.util.List;

/**
 * A request of the Responses API, parsed.
 *
 * @param conversation what the client asks
 * @param stream whether it wants an event stream
 * @param store whether the response is stored
 * @param form what the printer needs of the request
 * @param said the conversation without the instructions, which count for one response only
 */
public record ResponsesRequest(
        Conversation conversation, boolean stream, boolean store, Form form, List<Message> said) {

    public ResponsesRequest {
        said = List.copyOf(said);
    }

    /**
     * What the printer needs of a request.
     *
     * @param offer the tools, by the names that the client gave them
     * @param parallel whether the answer may hold more than one call
     * @param compaction whether the answer is a summary that replaces the conversation
     * @param echo the fields of the request that every response repeats, as JSON without the braces
     */
    public record Form(OfferedTools offer, boolean parallel, boolean compaction, String echo) {}

    /** A field of an object that may be missing. */
    static RequestField within(RequestField object, String name) {
        return object.isPresent() ? object.object().get(name) : object.get(name);
    }
}
