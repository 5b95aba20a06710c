package dev.qwen2api.api.openai;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.ModelsPrinter;
import java.util.List;

/** Prints models as OpenAI does. Thread-safe. */
public final class ModelsCodec implements ModelsPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    private final String owner;

    public ModelsCodec() {
        this("qwen");
    }

    /**
     * @param owner what {@code owned_by} says
     */
    public ModelsCodec(String owner) {
        this.owner = owner;
    }

    @Override
    public byte[] list(List<Listing> models) {
        ObjectNode root = JSON.createObjectNode().put("object", "list");
        ArrayNode data = root.putArray("data");
        models.forEach(model -> data.add(node(model)));
        return utf8(root.toString());
    }

    @Override
    public byte[] one(Listing model) {
        return utf8(node(model).toString());
    }

    private ObjectNode node(Listing model) {
        return JSON.createObjectNode()
                .put("id", model.id())
                .put("object", "model")
                .put("created", model.created().getEpochSecond())
                .put("owned_by", owner);
    }
}
