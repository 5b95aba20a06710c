package dev.qwen2api.api.anthropic;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent.Source;
import java.util.List;

/**
 * A block of a message's content as it is when it begins.
 *
 * @param kind what it will be filled with
 * @param head the block without that
 */
record ContentBlock(BlockType kind, ObjectNode head) {

    /** Clients send it back with the thinking, where nobody reads it; without one they take the thinking for broken. */
    static final String SIGNATURE = "cXdlbjJhcGk=";

    private static final JsonMapper JSON = new JsonMapper();

    /** What blocks are filled with, and how a stream calls a piece of that. */
    enum BlockType {
        THINKING("thinking_delta", "thinking"),
        TEXT("text_delta", "text"),
        TOOL_USE("input_json_delta", "partial_json"),
        /** Nothing: complete from the beginning. */
        COMPLETE("", "");

        private final String delta;
        private final String field;

        BlockType(String delta, String field) {
            this.delta = delta;
            this.field = field;
        }

        /** The type of a piece. */
        String delta() {
            return delta;
        }

        /** The field of a piece that holds it. */
        String field() {
            return field;
        }
    }

    static ContentBlock thinking() {
        return new ContentBlock(
                BlockType.THINKING, typed("thinking").put("thinking", "").put("signature", ""));
    }

    static ContentBlock text() {
        return new ContentBlock(BlockType.TEXT, typed("text").put("text", ""));
    }

    static ContentBlock toolUse(String id, String name) {
        return new ContentBlock(BlockType.TOOL_USE, call("tool_use", id, name));
    }

    /** That a search took place. */
    static ContentBlock search(String id) {
        return new ContentBlock(BlockType.COMPLETE, call("server_tool_use", id, "web_search"));
    }

    /** What it found. */
    static ContentBlock found(String searchId, List<Source> sources) {
        ObjectNode head = typed("web_search_tool_result").put("tool_use_id", searchId);
        ArrayNode results = head.putArray("content");
        for (Source source : sources) {
            results.addObject()
                    .put("type", "web_search_result")
                    .put("url", WellFormedText.text(source.url()))
                    .put("title", WellFormedText.text(source.title()))
                    .put("encrypted_content", "")
                    .put("page_age", source.date().isBlank() ? null : WellFormedText.text(source.date()));
        }
        return new ContentBlock(BlockType.COMPLETE, head);
    }

    private static ObjectNode call(String type, String id, String name) {
        ObjectNode head = typed(type).put("id", id).put("name", WellFormedText.text(name));
        head.putObject("input");
        return head;
    }

    private static ObjectNode typed(String type) {
        return JSON.createObjectNode().put("type", type);
    }
}
