package dev.qwen2api.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A request in OpenAI's wire format, for an upstream that speaks the same: everything in it goes up, known here or not.
 *
 * @param body the request as it came; nobody changes it
 * @param model the model that the client asked for
 * @param stream whether the client wants a stream
 * @param includeUsage whether it wants the chunk that tells the cost
 */
public record RelayRequest(ObjectNode body, String model, boolean stream, boolean includeUsage) {

    @Override
    public String toString() {
        return "RelayRequest[" + model + ", stream: " + stream + "]";
    }
}
