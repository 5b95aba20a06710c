package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stored chat: a tree of messages, of which at most one answer is being generated. Safe for use by several threads.
 */
final class Chat {
    private final String id;
    private final String owner;
    private final Instant createdAt;
    private final JsonNode request;
    private final Map<String, ObjectNode> messages = new LinkedHashMap<>();
    private Optional<Generation> generation = Optional.empty();
    private Instant updatedAt;
    private String title = "New chat";
    private String currentId = "";
    private Instant visibleFrom = Instant.MIN;

    Chat(String id, String owner, Instant createdAt, JsonNode request) {
        this.id = id;
        this.owner = owner;
        this.createdAt = createdAt;
        this.updatedAt = createdAt;
        this.request = request;
    }

    String id() {
        return id;
    }

    String owner() {
        return owner;
    }

    String chatType() {
        return request.path("chat_type").asText("t2t");
    }

    JsonNode models() {
        return request.path("models");
    }

    Instant createdAt() {
        return createdAt;
    }

    synchronized Instant updatedAt() {
        return updatedAt;
    }

    synchronized String title() {
        return title;
    }

    synchronized String currentId() {
        return currentId;
    }

    synchronized Map<String, ObjectNode> messages(Instant now) {
        return now.isBefore(visibleFrom) ? Map.of() : new LinkedHashMap<>(messages);
    }

    synchronized boolean knows(String messageId) {
        return messages.containsKey(messageId);
    }

    /** The texts from the first message to this one, questions and answers in turn. */
    synchronized List<String> path(String messageId) {
        var texts = new ArrayDeque<String>();
        for (ObjectNode message = messages.get(messageId);
                message != null;
                message = messages.get(message.path("parentId").asText())) {
            boolean question = message.path("role").asText().equals("user");
            texts.addFirst((question ? message : message.path("content_list").path(0))
                    .path("content")
                    .asText());
        }
        return List.copyOf(texts);
    }

    /** Takes the chat for a generation; false if another one runs. */
    synchronized boolean begin(Generation next) {
        if (generation.isPresent()) {
            return false;
        }
        generation = Optional.of(next);
        next.started();
        return true;
    }

    /** Gives the chat back. */
    synchronized void end(Generation finished) {
        finished.end();
        generation = generation.filter(now -> now != finished);
    }

    synchronized Optional<Generation> running() {
        return generation;
    }

    /** Stores a question and its answer under the ids that the stream named. */
    synchronized void store(StoredTurn turn) {
        ObjectNode question = turn.question();
        ObjectNode answer = turn.answer();
        Optional.ofNullable(messages.get(question.path("parentId").asText()))
                .ifPresent(parent ->
                        parent.withArray("childrenIds").add(question.path("id").asText()));
        messages.put(question.path("id").asText(), question);
        messages.put(answer.path("id").asText(), answer);
        currentId = answer.path("id").asText();
        updatedAt = turn.at();
        visibleFrom = turn.visibleFrom();
        title = turn.title();
    }
}
