package dev.qwen2api.api.anthropic;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.ModelDirectory.Listing;
import dev.qwen2api.chat.ModelsPrinter;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Prints models as Anthropic does, all on one page. Thread-safe. */
public final class AnthropicModels implements ModelsPrinter {

    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public byte[] list(List<Listing> models) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode data = root.putArray("data");
        models.forEach(model -> data.add(node(model)));
        root.put("has_more", false);
        root.put("first_id", models.isEmpty() ? null : models.get(0).id());
        root.put(
                "last_id",
                models.isEmpty() ? null : models.get(models.size() - 1).id());
        return utf8(root.toString());
    }

    @Override
    public byte[] one(Listing model) {
        return utf8(node(model).toString());
    }

    private static ObjectNode node(Listing model) {
        ObjectNode node = JSON.createObjectNode()
                .put("type", "model")
                .put("id", model.id())
                .put("display_name", model.id())
                .put("created_at", model.created().toString())
                .put("lifecycle", "active")
                .putNull("capabilities")
                .putNull("line")
                .putNull("deprecated_at")
                .putNull("retires_at");
        node.put("max_input_tokens", known(model.limits().input()));
        return node.put("max_tokens", known(model.limits().output()));
    }

    private static @Nullable Integer known(OptionalInt limit) {
        return limit.isPresent() ? limit.getAsInt() : null;
    }
}
