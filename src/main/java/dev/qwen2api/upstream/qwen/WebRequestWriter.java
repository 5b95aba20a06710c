package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.ResolvedConversation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes the bodies of the web app's requests, in full as the app itself sends them (front end 0.2.87 to 0.3.11):
 * sparse ones are judged with suspicion. Pure but for fresh ids.
 */
final class WebRequestWriter {

    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            // An emoji as an escape of twelve bytes would count as twelve.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private WebRequestWriter() {}

    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] object(Writing writing) {
        var bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            writing.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** Body of {@code POST /api/v2/chats/new}. */
    static byte[] newChat(Prompt prompt, Instant now) {
        return object(json -> {
            json.writeStringField("title", "New Chat");
            models(json, prompt.question().model());
            json.writeStringField("chat_mode", "normal");
            json.writeStringField("chat_type", prompt.chatType());
            json.writeNumberField("timestamp", now.toEpochMilli());
            json.writeStringField("project_id", "");
            json.writeStringField("chatId", "");
        });
    }

    /** Body of {@code POST /api/v2/chat/completions/stop}. */
    static byte[] stop(String chatId, String responseId) {
        return object(json -> {
            json.writeStringField("chat_id", chatId);
            if (!responseId.isEmpty()) {
                json.writeStringField("response_id", responseId);
            }
        });
    }

    /**
     * Body of {@code POST /api/v2/chat/completions}: a first turn that holds the whole conversation, or the next turn
     * of a chat.
     *
     * @param files what the prompt's attachments are to the upstream, as JSON text
     */
    static byte[] completion(Prompt prompt, List<String> files, String chatId, Instant now) {
        ResolvedConversation resolvedConversation = prompt.question();
        long seconds = now.getEpochSecond();
        return object(json -> {
            json.writeBooleanField("stream", resolvedConversation.type() != ChatType.VIDEO);
            json.writeStringField("version", "2.1");
            json.writeBooleanField("incremental_output", true);
            json.writeStringField("chatId", chatId);
            json.writeStringField("parentId", parent(prompt).orElse(""));
            json.writeStringField("chat_id", chatId);
            json.writeStringField("chat_mode", "normal");
            json.writeStringField("model", resolvedConversation.model());
            parent(json, "parent_id", prompt);
            json.writeArrayFieldStart("messages");
            message(json, prompt, files, seconds);
            json.writeEndArray();
            json.writeNumberField("timestamp", seconds + 1);
            size(json, resolvedConversation);
        });
    }

    private static Optional<String> parent(Prompt prompt) {
        return prompt.chat().map(Prompt.Continued::parentId);
    }

    private static void parent(JsonGenerator json, String field, Prompt prompt) throws IOException {
        json.writeFieldName(field);
        json.writeObject(parent(prompt).orElse(null));
    }

    private static void message(JsonGenerator json, Prompt prompt, List<String> files, long seconds)
            throws IOException {
        ResolvedConversation resolvedConversation = prompt.question();
        String type = prompt.chatType();
        json.writeStartObject();
        json.writeNullField("id");
        json.writeStringField("fid", UUID.randomUUID().toString());
        parent(json, "parentId", prompt);
        parent(json, "parent_id", prompt);
        json.writeArrayFieldStart("childrenIds");
        json.writeString(UUID.randomUUID().toString());
        json.writeEndArray();
        json.writeStringField("role", "user");
        json.writeStringField("content", prompt.message().text());
        json.writeStringField("user_action", "chat");
        json.writeArrayFieldStart("files");
        for (String file : files) {
            json.writeRawValue(file);
        }
        json.writeEndArray();
        json.writeNumberField("timestamp", seconds);
        models(json, resolvedConversation.model());
        json.writeStringField("model", "");
        json.writeStringField("chat_type", type);
        json.writeStringField("sub_chat_type", type);
        features(json, resolvedConversation, prompt.sendsThinking());
        json.writeObjectFieldStart("extra");
        json.writeObjectFieldStart("meta");
        json.writeStringField("subChatType", type);
        if (prompt.isPicture()) {
            picture(json, resolvedConversation);
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    /**
     * Without {@code output_schema} nothing in the answer is labelled; without the two {@code auto_} switches it may
     * surprise.
     */
    private static void features(JsonGenerator json, ResolvedConversation resolvedConversation, boolean thinking)
            throws IOException {
        json.writeObjectFieldStart("feature_config");
        json.writeBooleanField("thinking_enabled", thinking);
        json.writeStringField("output_schema", "phase");
        json.writeStringField("research_mode", "normal");
        json.writeBooleanField("auto_thinking", false);
        json.writeStringField("thinking_mode", thinking ? "Thinking" : "Fast");
        json.writeStringField("thinking_format", "summary");
        if (thinking && resolvedConversation.thinkingBudget().isPresent()) {
            json.writeNumberField(
                    "thinking_budget", resolvedConversation.thinkingBudget().getAsInt());
        }
        json.writeBooleanField("auto_search", resolvedConversation.type() == ChatType.SEARCH);
        json.writeEndObject();
    }

    private static void models(JsonGenerator json, String model) throws IOException {
        json.writeArrayFieldStart("models");
        json.writeString(model);
        json.writeEndArray();
    }

    /** The picture's model, and its size once more (13 row 13, 2026-09). */
    private static void picture(JsonGenerator json, ResolvedConversation resolvedConversation) throws IOException {
        if (resolvedConversation.pictureModel().isPresent()) {
            json.writeStringField("model", resolvedConversation.pictureModel().get());
        }
        size(json, resolvedConversation);
    }

    private static void size(JsonGenerator json, ResolvedConversation resolvedConversation) throws IOException {
        if (resolvedConversation.size().isPresent()) {
            json.writeStringField("size", resolvedConversation.size().get());
        }
    }
}
