package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;

/** Judges the reply to the deletion of a chat: one that is not there is as good as deleted. */
final class ChatDeletionReply {

    private static final JsonMapper JSON = new JsonMapper();

    private ChatDeletionReply() {}

    static boolean succeeded(HttpResponse<byte[]> reply) {
        if (reply.statusCode() == 204 || reply.statusCode() == 404) {
            return true;
        }
        try {
            JsonNode json = JSON.readTree(reply.body());
            return json.path("success").asBoolean(false) || gone(json.path("data"));
        } catch (IOException page) {
            return false;
        }
    }

    private static boolean gone(JsonNode data) {
        return switch (data.path("code").asText("")) {
            case "Not_Found", "not_found", "CHAT_NOT_FOUND" -> true;
            default -> data.path("details").asText("").contains("not exist");
        };
    }
}
