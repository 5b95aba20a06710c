package dev.qwen2api.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;

/** Judges the reply to the deletion of a chat: one that is not there is as good as deleted. */
final class Deletion {

    private static final JsonMapper JSON = new JsonMapper();

    private Deletion() {}

    static boolean succeeded(HttpResponse<byte[]> reply) {
        if (reply.statusCode() == 204 || reply.statusCode() == 404) {
            return true;
        }
        try {
            JsonNode json = JSON.readTree(reply.body());
            return json.path("success").asBoolean(false)
                    || json.path("data").path("code").asText("").equalsIgnoreCase("Not_Found");
        } catch (IOException page) {
            return false;
        }
    }
}
