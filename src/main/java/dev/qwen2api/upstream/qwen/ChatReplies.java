package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the replies about chats: a new one, a deletion, a stored one. Pure. */
final class ChatReplies {

    private ChatReplies() {}

    /** The id of a new chat, which is fit to stand in an address; empty where the reply is a refusal. */
    static Optional<String> newId(byte[] body) {
        JsonNode id = BoundedJson.read(body).path("data").path("id");
        return Optional.ofNullable(id.textValue()).filter(text -> text.matches("[A-Za-z0-9_-]{1,100}"));
    }

    /** Whether a chat is deleted; one that is not there is as good as deleted. */
    static boolean isDeleted(HttpResponse<byte[]> reply) {
        if (reply.statusCode() == 204 || reply.statusCode() == 404) {
            return true;
        }
        JsonNode json = BoundedJson.read(reply.body());
        return json.path("success").asBoolean(false) || isGone(json.path("data"));
    }

    /** Why the session of the request is dead, where the reply says so. */
    static Optional<Failure> sessionFailure(HttpResponse<byte[]> reply) {
        if (isDeleted(reply)) {
            return Optional.empty();
        }
        // The time counts for limits alone.
        Failure failure = FailureClassifier.classify(Operation.PROBE, reply, Instant.EPOCH);
        return Optional.of(failure).filter(each -> each.kind() == FailureKind.EXPIRED);
    }

    private static boolean isGone(JsonNode data) {
        return switch (data.path("code").asText("").toLowerCase(Locale.ROOT)) {
            case "not_found", "chat_not_found" -> true;
            default -> data.path("details").asText("").contains("not exist");
        };
    }

    /** The addresses that a stored chat's answers consist of (13 row 14, 2026-09). */
    static List<String> pictures(byte[] body) {
        var found = new ArrayList<String>();
        for (JsonNode message : BoundedJson.read(body).at("/data/chat/history/messages")) {
            if (message.path("role").asText().equals("user")) {
                continue;
            }
            for (JsonNode content : message.path("content_list")) {
                String text = content.path("content").asText("").strip();
                if (text.matches("https?://\\S+")) {
                    found.add(text);
                }
            }
        }
        return found;
    }
}
