package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a stored chat looks in replies. */
final class ChatJson {
    private ChatJson() {}

    /** An entry of the list. */
    static ObjectNode entry(Chat chat) {
        ObjectNode node = Json.object();
        node.put("id", chat.id()).put("title", chat.title());
        node.put("updated_at", chat.updatedAt().getEpochSecond());
        node.put("created_at", chat.createdAt().getEpochSecond());
        node.put("chat_type", chat.chatType()).putNull("project_id").put("pinned", false);
        node.putNull("content").putNull("highlight_indexes").putNull("message_id");
        return node;
    }

    /** The whole record with its tree of messages. */
    static ObjectNode detail(Chat chat, Instant now) {
        Map<String, ObjectNode> messages = chat.messages(now);
        String current = messages.isEmpty() ? "" : chat.currentId();
        ObjectNode node = Json.object();
        node.put("id", chat.id()).put("user_id", chat.owner()).put("title", chat.title());
        node.set("chat", tree(chat, messages, current));
        node.put("updated_at", chat.updatedAt().getEpochSecond());
        node.put("created_at", chat.createdAt().getEpochSecond());
        node.putNull("share_id").put("archived", false).put("pinned", false);
        node.putObject("meta").put("timestamp", chat.createdAt().toEpochMilli());
        node.putNull("folder_id");
        node.set("currentResponseIds", ids(current));
        node.put("currentId", current).put("chat_type", chat.chatType());
        node.putNull("models").putNull("project_id").putNull("data_source");
        return node;
    }

    private static ObjectNode tree(Chat chat, Map<String, ObjectNode> messages, String current) {
        ObjectNode tree = Json.object();
        ObjectNode history = tree.putObject("history");
        ObjectNode byId = history.putObject("messages");
        messages.forEach(byId::set);
        history.put("currentId", current);
        history.set("currentResponseIds", ids(current));
        history.set("pagination", pagination(new ArrayList<>(messages.keySet())));
        tree.set("models", chat.models().isMissingNode() ? Json.array() : chat.models());
        tree.putArray("messages").addAll(new ArrayList<>(messages.values()));
        return tree;
    }

    private static ObjectNode pagination(List<String> ids) {
        ObjectNode node = Json.object().put("enabled", true);
        if (!ids.isEmpty()) {
            node.put("oldest_id", ids.get(0)).put("newest_id", ids.get(ids.size() - 1));
        }
        node.put("has_more_older", false).put("has_more_newer", false).put("path_count", ids.size());
        return node;
    }

    private static ArrayNode ids(String current) {
        ArrayNode ids = Json.array();
        return current.isEmpty() ? ids : ids.add(current);
    }
}
