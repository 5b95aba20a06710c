package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.RelayRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A client's request as the portal wants it. With an official key it goes up as it came, but for the owner's own names of models.
 * A token of the device flow is served only if the first message is a system message with a part marked for the cache, and all
 * system messages stand at the start (seen since 2026-04-03); some parameters are refused. Pure.
 */
final class PortalRequest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** What the portal serves. */
    static final List<String> MODELS = List.of("qwen3-coder-plus", "qwen3-coder-flash", "coder-model", "vision-model");

    private static final List<String> REFUSED =
            List.of("frequency_penalty", "presence_penalty", "logit_bias", "n", "seed", "user");
    private static final String NO_SYSTEM_TEXT = "You are a helpful assistant.";

    private PortalRequest() {}

    /** The model that will answer. */
    static String model(
            RelayRequest request, PortalCredential.CredentialType credentialType, Map<String, String> aliases) {
        String wanted = aliases.getOrDefault(request.model(), request.model());
        return credentialType == PortalCredential.CredentialType.KEY ? wanted : served(wanted);
    }

    /** The portal has four names; every other one means the model that the portal itself thinks best. */
    private static String served(String name) {
        if (MODELS.contains(name)) {
            return name;
        }
        if (name.contains("flash") || name.contains("turbo")) {
            return "qwen3-coder-flash";
        }
        return name.contains("-vl") || name.contains("vision") ? "vision-model" : "coder-model";
    }

    static byte[] body(
            RelayRequest request, PortalCredential.CredentialType credentialType, Map<String, String> aliases) {
        ObjectNode body = NODES.objectNode();
        body.setAll(request.body());
        body.put("model", model(request, credentialType, aliases));
        if (credentialType == PortalCredential.CredentialType.OAUTH) {
            body.remove(REFUSED);
            dropEmptyTools(body);
            body.set("messages", messages(request.body().path("messages")));
            if (request.stream()) {
                ObjectNode options = NODES.objectNode();
                if (request.body().path("stream_options") instanceof ObjectNode given) {
                    options.setAll(given);
                }
                body.set("stream_options", options.put("include_usage", true));
            }
        }
        // By way of a string, because the byte generator fails on half a surrogate pair.
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void dropEmptyTools(ObjectNode body) {
        if (body.path("tools").isArray() && body.path("tools").isEmpty()) {
            body.remove("tools");
            body.remove("tool_choice");
        }
    }

    private static ArrayNode messages(JsonNode given) {
        ArrayNode system = NODES.arrayNode();
        ArrayNode rest = NODES.arrayNode();
        for (JsonNode message : given) {
            String role = message.path("role").asText("");
            if (role.equals("system") || role.equals("developer")) {
                addParts(message.path("content"), system);
            } else {
                rest.add(message);
            }
        }
        if (system.isEmpty()) {
            system.add(text(NO_SYSTEM_TEXT));
        }
        mark(system);
        ArrayNode all = NODES.arrayNode();
        all.add(NODES.objectNode().put("role", "system").set("content", system));
        return all.addAll(rest);
    }

    private static void addParts(JsonNode content, ArrayNode parts) {
        if (content.isTextual() && !content.textValue().isEmpty()) {
            parts.add(text(content.textValue()));
        } else if (content.isArray()) {
            content.forEach(part -> parts.add(part.isTextual() ? text(part.textValue()) : part.deepCopy()));
        }
    }

    private static ObjectNode text(String text) {
        return NODES.objectNode().put("type", "text").put("text", text);
    }

    private static void mark(ArrayNode parts) {
        for (JsonNode part : parts) {
            if (part.has("cache_control")) {
                return;
            }
        }
        if (parts.get(parts.size() - 1) instanceof ObjectNode last) {
            last.set("cache_control", NODES.objectNode().put("type", "ephemeral"));
        }
    }
}
