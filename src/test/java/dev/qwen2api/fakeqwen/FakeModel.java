package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One model of the catalogue.
 *
 * @param id its id
 * @param traits what it can do
 * @param context the longest input in tokens
 * @param output the longest output in tokens
 * @param chatTypes the modes it lists
 */
public record FakeModel(String id, Set<Trait> traits, int context, int output, List<String> chatTypes) {
    /** What a model can do or insists on. */
    public enum Trait {
        /** It sees pictures. */
        VISION,
        /** It can reason. */
        THINKING,
        /** It refuses to answer without reasoning. */
        MUST_THINK,
        /** It can search the web. */
        SEARCH,
        /** Only a living session is shown it. */
        SIGNED_IN
    }

    private static final List<String> USUAL_TYPES =
            List.of("t2t", "t2v", "t2i", "image_edit", "search", "artifacts", "web_dev", "deep_research");
    private static final long CREATED = 1_780_000_000L;

    /** A model with a million tokens of context and the usual modes. */
    public static FakeModel of(String id, Trait... traits) {
        return new FakeModel(id, Set.of(traits), 1_000_000, 65_536, USUAL_TYPES);
    }

    /** The same with other limits. */
    public FakeModel limits(int contextTokens, int outputTokens) {
        return new FakeModel(id, traits, contextTokens, outputTokens, chatTypes);
    }

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    private boolean thinks() {
        return has(Trait.THINKING) || has(Trait.MUST_THINK);
    }

    ObjectNode json() {
        ObjectNode node = Json.object();
        node.put("id", id).put("name", name()).put("object", "model").put("owned_by", "qwen");
        ObjectNode info = node.putObject("info");
        info.put("id", id)
                .put("user_id", "7f000000-0000-4000-8000-00000000000a")
                .putNull("base_model_id");
        info.put("name", name());
        info.set("meta", meta());
        info.putNull("access_control").put("is_active", true).put("is_visitor_active", false);
        info.put("updated_at", CREATED).put("created_at", CREATED);
        node.put("preset", true).putArray("action_ids");
        return node;
    }

    private ObjectNode meta() {
        ObjectNode meta = Json.object();
        meta.put("profile_image_url", "/static/favicon.png").put("description", "A model of the stand-in service.");
        meta.put("short_description", "Stand-in");
        meta.set("capabilities", capabilities());
        ObjectNode abilities = meta.putObject("abilities").put("document", 1).put("mcp", 1);
        if (thinks()) {
            abilities.put("thinking", has(Trait.MUST_THINK) ? 4 : 1);
        }
        meta.put("max_context_length", context);
        // The output limit has another name where the model reasons.
        meta.put(thinks() ? "max_summary_generation_length" : "max_generation_length", output);
        if (thinks()) {
            meta.put("max_thinking_generation_length", 81_920).put("thinking_format", "summary");
            meta.putObject("think_skip").put("enable", !has(Trait.MUST_THINK));
        }
        strings(meta, "chat_type", chatTypes);
        strings(meta, "mcp", List.of("image-generation", "code-interpreter"));
        strings(meta, "modality", has(Trait.VISION) ? List.of("text", "image", "video") : List.of("text"));
        return meta;
    }

    private ObjectNode capabilities() {
        ObjectNode can = Json.object().put("document", true).put("vision", has(Trait.VISION));
        can.put("video", has(Trait.VISION)).put("audio", false).put("citations", true);
        return can.put("thinking", thinks()).put("search", has(Trait.SEARCH));
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        for (String word : id.split("-", -1)) {
            name.append(name.isEmpty() ? "" : "-")
                    .append(word.substring(0, 1).toUpperCase(Locale.ROOT))
                    .append(word.substring(1));
        }
        return name.toString();
    }

    private static void strings(ObjectNode node, String field, Collection<String> values) {
        var array = node.putArray(field);
        values.forEach(array::add);
    }
}
