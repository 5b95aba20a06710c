package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Conversation;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads requests for messages. Strict where a mistake would change the answer, friendly to everything it does not know: this
 * dialect grows fields, blocks and tools faster than any gateway. Thread-safe.
 */
public final class MessagesCodec {

    /**
     * Reads the body of a request, whether it asks for a message or for the cost of one.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none, naming the field at fault
     * @throws IOException when the body could not be received
     */
    public MessagesRequest read(InputStream body) throws IOException {
        RequestField request = JsonBody.read(body);
        String model = request.get("model").text();
        if (model.isBlank()) {
            throw request.get("model").wrong("the name of a model");
        }
        boolean stream = request.get("stream").optionalFlag().orElse(false);
        AnthropicToolsReader tools = AnthropicToolsReader.of(request);
        var conversation = new Conversation(
                model,
                MessagesReader.turns(request),
                tools.functions(),
                tools.choice(request.get("tool_choice")),
                MessageOptionsReader.options(request, tools.search()));
        return new MessagesRequest(conversation, stream);
    }
}
