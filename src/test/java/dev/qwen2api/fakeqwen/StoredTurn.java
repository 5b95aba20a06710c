package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/**
 * A question and its answer as the chat record keeps them.
 *
 * @param question the user's message
 * @param answer the assistant's message; its text is in {@code content_list}, its {@code content} is empty
 * @param at when it was stored
 * @param visibleFrom when the record begins to show it
 */
record StoredTurn(ObjectNode question, ObjectNode answer, Instant at, Instant visibleFrom) {
    private static final int TITLE_LENGTH = 24;

    static StoredTurn of(Prompt prompt, Frames frames, List<String> texts, Instant at, Instant visibleFrom) {
        return new StoredTurn(question(prompt, frames), answer(prompt, frames, texts), at, visibleFrom);
    }

    String title() {
        String text = question.path("content").asText().strip();
        return text.length() <= TITLE_LENGTH ? text : text.substring(0, TITLE_LENGTH);
    }

    private static ObjectNode question(Prompt prompt, Frames frames) {
        ObjectNode node = prompt.message().deepCopy();
        node.remove(List.of("fid", "parent_id"));
        node.put("id", frames.parentId());
        prompt.parentId().ifPresentOrElse(parent -> node.put("parentId", parent), () -> node.putNull("parentId"));
        node.put("edited", false).putNull("error").putNull("turn_id");
        node.putArray("childrenIds").add(frames.responseId());
        return node;
    }

    private static ObjectNode answer(Prompt prompt, Frames frames, List<String> texts) {
        ObjectNode node = Json.object().put("role", "assistant").put("content", "");
        node.putNull("reasoning_content");
        node.put("chat_type", prompt.chatType()).put("sub_chat_type", prompt.chatType());
        node.put("model", prompt.model()).put("modelName", prompt.model()).put("modelIdx", 0);
        node.put("id", frames.responseId()).put("parentId", frames.parentId());
        node.putArray("childrenIds");
        ObjectNode part = node.putArray("content_list").addObject();
        part.put("content", String.join("", texts)).put("phase", "answer").put("status", "finished");
        part.putNull("extra").put("role", "assistant").put("response_id", frames.responseId());
        part.put("timestamp", frames.seconds());
        node.put("is_stop", false).put("edited", false).putNull("error");
        node.put("done", true).putNull("info").put("timestamp", frames.seconds());
        return node;
    }
}
