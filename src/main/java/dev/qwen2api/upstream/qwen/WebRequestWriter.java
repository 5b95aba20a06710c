package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.ResolvedConversation;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the bodies of the web app's requests, in full as the app itself sends them (front end 0.2.87 to 0.3.11):
 * sparse ones are judged with suspicion. Pure but for fresh ids.
 */
final class WebRequestWriter {

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            // An emoji as an escape of twelve bytes would count as twelve.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build());

    private WebRequestWriter() {}

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static byte[] bytes(ObjectNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Body of {@code POST /api/v2/chats/new}. */
    static byte[] newChat(Prompt prompt, Instant now) {
        ObjectNode body = object().put("title", "New Chat");
        body.putArray("models").add(prompt.question().model());
        body.put("chat_mode", "normal").put("chat_type", prompt.chatType()).put("timestamp", now.toEpochMilli());
        return bytes(body.put("project_id", "").put("chatId", ""));
    }

    /** Body of {@code POST /api/v2/chat/completions/stop}. */
    static byte[] stop(String chatId, String responseId) {
        ObjectNode body = object().put("chat_id", chatId);
        return bytes(responseId.isEmpty() ? body : body.put("response_id", responseId));
    }

    /**
     * Body of {@code POST /api/v2/chat/completions}: a first turn that holds the whole conversation, or the next turn
     * of a chat.
     *
     * @param files what the prompt's attachments are to the upstream, as JSON text
     */
    static byte[] completion(Prompt prompt, List<String> files, String chatId, Instant now) {
        ResolvedConversation question = prompt.question();
        String parent = parent(prompt);
        long seconds = now.getEpochSecond();
        ObjectNode body = object().put("stream", question.type() != ChatType.VIDEO)
                .put("version", "2.1")
                .put("incremental_output", true)
                .put("chatId", chatId)
                .put("parentId", parent == null ? "" : parent)
                .put("chat_id", chatId)
                .put("chat_mode", "normal")
                .put("model", question.model())
                .put("parent_id", parent);
        body.putArray("messages").add(message(prompt, files, seconds));
        body.put("timestamp", seconds + 1);
        question.size().ifPresent(size -> body.put("size", size));
        return bytes(body);
    }

    private static @Nullable String parent(Prompt prompt) {
        return prompt.chat().map(Prompt.Continued::parentId).orElse(null);
    }

    private static ObjectNode message(Prompt prompt, List<String> files, long seconds) {
        String parent = parent(prompt);
        String type = prompt.chatType();
        ObjectNode message = object().putNull("id").put("fid", UUID.randomUUID().toString());
        message.put("parentId", parent).put("parent_id", parent);
        message.putArray("childrenIds").add(UUID.randomUUID().toString());
        message.put("role", "user").put("content", prompt.message().text()).put("user_action", "chat");
        ArrayNode elements = message.putArray("files");
        files.forEach(file -> elements.addRawValue(new RawValue(file)));
        message.put("timestamp", seconds);
        message.putArray("models").add(prompt.question().model());
        message.put("model", "").put("chat_type", type).put("sub_chat_type", type);
        message.set("feature_config", features(prompt.question(), prompt.sendsThinking()));
        ObjectNode meta = message.putObject("extra").putObject("meta").put("subChatType", type);
        if (prompt.isPicture()) {
            // The picture's model, and its size once more (13 row 13, 2026-09).
            prompt.question().pictureModel().ifPresent(model -> meta.put("model", model));
            prompt.question().size().ifPresent(size -> meta.put("size", size));
        }
        return message;
    }

    /**
     * Without {@code output_schema} nothing in the answer is labelled; without the two {@code auto_} switches it may
     * surprise.
     */
    private static ObjectNode features(ResolvedConversation question, boolean thinking) {
        ObjectNode features = object().put("thinking_enabled", thinking)
                .put("output_schema", "phase")
                .put("research_mode", "normal")
                .put("auto_thinking", false)
                .put("thinking_mode", thinking ? "Thinking" : "Fast")
                .put("thinking_format", "summary");
        if (thinking) {
            question.thinkingBudget().ifPresent(budget -> features.put("thinking_budget", budget));
        }
        return features.put("auto_search", question.type() == ChatType.SEARCH);
    }
}
