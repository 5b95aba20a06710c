package dev.qwen2api.qwen;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Question;
import dev.qwen2api.qwen.Attempt.Prompt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Writes the bodies of the web app's requests, in full as the app itself sends them (front end 0.2.87 to 0.3.11): sparse ones are
 * judged with suspicion. Pure but for fresh ids.
 */
final class Envelope {

    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build();

    private Envelope() {}

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
    static byte[] newChat(Question question, Instant now) {
        return object(json -> {
            json.writeStringField("title", "New Chat");
            models(json, question.model());
            json.writeStringField("chat_mode", "normal");
            json.writeStringField("chat_type", question.type().wire());
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
     * Body of {@code POST /api/v2/chat/completions}: a first turn that holds the whole conversation.
     *
     * @param files what the prompt's attachments are to the upstream, as JSON text
     */
    static byte[] completion(Prompt prompt, List<String> files, String chatId, Instant now) {
        Question question = prompt.question();
        long seconds = now.getEpochSecond();
        return object(json -> {
            json.writeBooleanField("stream", question.type() != ChatType.VIDEO);
            json.writeStringField("version", "2.1");
            json.writeBooleanField("incremental_output", true);
            json.writeStringField("chatId", chatId);
            json.writeStringField("parentId", "");
            json.writeStringField("chat_id", chatId);
            json.writeStringField("chat_mode", "normal");
            json.writeStringField("model", question.model());
            json.writeNullField("parent_id");
            json.writeArrayFieldStart("messages");
            message(json, prompt, files, seconds);
            json.writeEndArray();
            json.writeNumberField("timestamp", seconds + 1);
            size(json, question);
        });
    }

    private static void message(JsonGenerator json, Prompt prompt, List<String> files, long seconds)
            throws IOException {
        Question question = prompt.question();
        String type = question.type().wire();
        json.writeStartObject();
        json.writeNullField("id");
        json.writeStringField("fid", UUID.randomUUID().toString());
        json.writeNullField("parentId");
        json.writeNullField("parent_id");
        json.writeArrayFieldStart("childrenIds");
        json.writeString(UUID.randomUUID().toString());
        json.writeEndArray();
        json.writeStringField("role", "user");
        json.writeStringField("content", prompt.message());
        json.writeStringField("user_action", "chat");
        json.writeArrayFieldStart("files");
        for (String file : files) {
            json.writeRawValue(file);
        }
        json.writeEndArray();
        json.writeNumberField("timestamp", seconds);
        models(json, question.model());
        json.writeStringField("model", "");
        json.writeStringField("chat_type", type);
        json.writeStringField("sub_chat_type", type);
        features(json, question, prompt.thinking());
        json.writeObjectFieldStart("extra");
        json.writeObjectFieldStart("meta");
        json.writeStringField("subChatType", type);
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Without {@code output_schema} nothing in the answer is labelled; without the two {@code auto_} switches it may surprise. */
    private static void features(JsonGenerator json, Question question, boolean thinking) throws IOException {
        json.writeObjectFieldStart("feature_config");
        json.writeBooleanField("thinking_enabled", thinking);
        json.writeStringField("output_schema", "phase");
        json.writeStringField("research_mode", "normal");
        json.writeBooleanField("auto_thinking", false);
        json.writeStringField("thinking_mode", thinking ? "Thinking" : "Fast");
        json.writeStringField("thinking_format", "summary");
        if (thinking && question.thinkingBudget().isPresent()) {
            json.writeNumberField("thinking_budget", question.thinkingBudget().getAsInt());
        }
        json.writeBooleanField("auto_search", question.type() == ChatType.SEARCH);
        json.writeEndObject();
    }

    private static void models(JsonGenerator json, String model) throws IOException {
        json.writeArrayFieldStart("models");
        json.writeString(model);
        json.writeEndArray();
    }

    private static void size(JsonGenerator json, Question question) throws IOException {
        if (question.size().isPresent()) {
            json.writeStringField("size", question.size().get());
        }
    }
}
