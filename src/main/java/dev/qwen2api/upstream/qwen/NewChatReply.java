package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;

/** Reads the reply to the wish for a new chat. Pure. */
final class NewChatReply {

    private static final JsonMapper JSON = new JsonMapper();

    private NewChatReply() {}

    /** The chat's id, which is fit to stand in an address; empty where the reply is a refusal. */
    static Optional<String> id(byte[] body) {
        try {
            JsonNode id = JSON.readTree(body).path("data").path("id");
            return Optional.ofNullable(id.textValue()).filter(text -> text.matches("[A-Za-z0-9_-]{1,100}"));
        } catch (IOException page) {
            return Optional.empty();
        }
    }
}
