package dev.qwen2api.api.openai;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.chat.RelayedError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads requests that are handed on as they came: looks only at what the gateway itself must know of them. Thread-safe. */
public final class RelayCodec {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Reads the body of a chat request.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none, naming the field at fault
     * @throws IOException when the body could not be received
     */
    public RelayRequest read(InputStream body) throws IOException {
        ObjectNode tree = JsonBody.object(body);
        RequestField request = RequestField.root(tree);
        String model = request.get("model").text();
        if (model.isBlank()) {
            throw request.get("model").wrong("the name of a model");
        }
        if (request.get("messages").items().isEmpty()) {
            throw request.get("messages").wrong("a list of at least one message");
        }
        boolean stream = request.get("stream").optionalFlag().orElse(false);
        RequestField options = request.get("stream_options");
        boolean usage = stream
                && options.isPresent()
                && options.object().get("include_usage").optionalFlag().orElse(false);
        return new RelayRequest(tree, model, stream, usage);
    }

    /** Prints what the upstream said as OpenAI's error object. */
    public byte[] print(RelayedError error) {
        ObjectNode root = JSON.createObjectNode();
        root.putObject("error")
                .put("message", WellFormedText.text(error.message()))
                .put("type", error.type())
                .put("param", error.param().orElse(null))
                .put("code", error.code().orElse(null));
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }
}
