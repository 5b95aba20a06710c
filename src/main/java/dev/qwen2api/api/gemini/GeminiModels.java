package dev.qwen2api.api.gemini;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.ModelsPrinter;
import java.util.List;

/** Prints models as Google does, all on one page. Thread-safe. */
public final class GeminiModels implements ModelsPrinter {

    @Override
    public byte[] list(List<Listing> models) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode list = root.putArray("models");
        models.forEach(model -> list.add(node(model)));
        return utf8(root.toString());
    }

    @Override
    public byte[] one(Listing model) {
        return utf8(node(model).toString());
    }

    private static ObjectNode node(Listing model) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("name", "models/" + model.id())
                .put("baseModelId", model.id())
                .put("version", "1")
                .put("displayName", model.id());
        model.limits().input().ifPresent(limit -> node.put("inputTokenLimit", limit));
        model.limits().output().ifPresent(limit -> node.put("outputTokenLimit", limit));
        node.putArray("supportedGenerationMethods")
                .add("generateContent")
                .add("streamGenerateContent")
                .add("countTokens");
        return node;
    }
}
