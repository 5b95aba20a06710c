package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.Model;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the upstream's list of models. Pure. */
final class ModelList {

    /** The end of the year 9999, in seconds since the epoch: beyond it no client can write a date. */
    private static final long LATEST_CREATION = 253_402_300_799L;

    private ModelList() {}

    /**
     * Reads the upstream's list of models, as {@code data} or {@code data.data}: the active ones in its order; empty
     * when the text is no such list.
     */
    static List<Model> read(byte[] text) {
        JsonNode data = BoundedJson.read(text).path("data");
        JsonNode list = data.isObject() ? data.path("data") : data;
        var models = new ArrayList<Model>();
        for (JsonNode each : list) {
            if (!each.path("id").asText("").isBlank()
                    && each.path("info").path("is_active").asBoolean(true)) {
                models.add(model(each));
            }
        }
        return List.copyOf(models);
    }

    private static Model model(JsonNode item) {
        JsonNode info = item.path("info");
        JsonNode meta = info.path("meta");
        JsonNode can = meta.path("capabilities");
        return new Model(
                item.path("id").asText(),
                created(info.path("created_at")),
                can.path("thinking").asBoolean(false),
                meta.path("think_skip").path("enable").asBoolean(true),
                can.path("vision").asBoolean(false),
                types(meta.path("chat_type")),
                limits(meta));
    }

    /** The limit of the output has another name where the model thinks. */
    private static Model.TokenLimits limits(JsonNode meta) {
        OptionalInt output = count(meta.path("max_generation_length"));
        return new Model.TokenLimits(
                count(meta.path("max_context_length")),
                output.isPresent() ? output : count(meta.path("max_summary_generation_length")));
    }

    private static OptionalInt count(JsonNode number) {
        return number.isInt() && number.intValue() > 0 ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    }

    private static Instant created(JsonNode seconds) {
        return Instant.ofEpochSecond(Math.max(0, Math.min(seconds.asLong(0), LATEST_CREATION)));
    }

    private static Set<String> types(JsonNode list) {
        var types = new HashSet<String>();
        list.forEach(type -> types.add(type.asText("")));
        return types;
    }
}
