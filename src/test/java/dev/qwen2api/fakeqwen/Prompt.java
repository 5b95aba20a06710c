package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One request for an answer, as a script looks at it.
 *
 * @param userId the account that asks
 * @param chatId the chat, empty on the portal
 * @param body the whole request body
 */
public record Prompt(String userId, String chatId, JsonNode body) {
    /** The requested model. */
    public String model() {
        return body.path("model").asText();
    }

    /** The last message: on the web API the only one. */
    public JsonNode message() {
        JsonNode messages = body.path("messages");
        return messages.path(Math.max(0, messages.size() - 1));
    }

    /** The text of the last message, content parts joined by line ends. */
    public String text() {
        JsonNode content = message().path("content");
        if (!content.isArray()) {
            return content.asText();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (part.has("text")) {
                text.append(text.isEmpty() ? "" : "\n").append(part.path("text").asText());
            }
        }
        return text.toString();
    }

    /** The mode: {@code t2t}, {@code search}, {@code t2i}, ... */
    public String chatType() {
        String type = message().path("chat_type").asText();
        return type.isEmpty() ? body.path("chat_type").asText("t2t") : type;
    }

    /** Whether reasoning was asked for. */
    public boolean thinking() {
        return feature("thinking_enabled").asBoolean();
    }

    /** Whether reasoning was asked for as a summary. */
    public boolean summary() {
        return feature("thinking_format").asText().equals("summary");
    }

    /** Whether the frames carry phases. */
    public boolean phases() {
        return feature("output_schema").asText().equals("phase");
    }

    /** The message this one answers to, if it is not the first of its chat. */
    public Optional<String> parentId() {
        return Optional.of(body.path("parent_id").asText("")).filter(id -> !id.isEmpty() && !id.equals("null"));
    }

    /** A field of the message's feature configuration. */
    public JsonNode feature(String name) {
        return message().path("feature_config").path(name);
    }
}
