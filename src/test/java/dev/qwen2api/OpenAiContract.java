package dev.qwen2api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.schema.OpenAiSchema;
import dev.qwen2api.schema.ResponseSchema;

/** Holds every reply of an OpenAI route against OpenAI's own description of it. */
public final class OpenAiContract {

    private OpenAiContract() {}

    /** Checks {@code reply} of the route at {@code path}; paths that are not OpenAI's pass. */
    public static void check(String path, World.Reply reply) {
        if (!path.startsWith("/v1/") && !path.equals("/models")) {
            return;
        }
        if (reply.status != 200) {
            OpenAiSchema.of("ErrorResponse").check(reply.json());
        } else if (path.startsWith("/v1/messages")
                || path.endsWith("/content")
                || isPictureStream(path, reply)
                || path.equals("/v1/completions")) {
            return;
        } else if (path.startsWith("/v1/responses")) {
            checkResponse(reply);
        } else if (reply.header("Content-Type").startsWith("text/event-stream")) {
            reply.events().forEach(OpenAiContract::checkChunk);
        } else {
            checkWhole(path, reply.json());
        }
    }

    /** OpenAI's description of these events is not among the schemas. */
    private static boolean isPictureStream(String path, World.Reply reply) {
        return path.startsWith("/v1/images/") && reply.header("Content-Type").startsWith("text/event-stream");
    }

    private static void checkWhole(String path, JsonNode body) {
        if (!body.has("deleted")) {
            OpenAiSchema.of(schema(path)).check(body);
        }
    }

    private static void checkChunk(JsonNode event) {
        OpenAiSchema.of(event.has("error") ? "ErrorResponse" : "CreateChatCompletionStreamResponse")
                .check(event);
    }

    private static void checkResponse(World.Reply reply) {
        if (reply.header("Content-Type").startsWith("text/event-stream")) {
            reply.events().forEach(ResponseSchema::checkEvent);
        } else if (!reply.json().has("deleted")) {
            OpenAiSchema.of("Response").check(reply.json());
        }
    }

    private static String schema(String path) {
        return switch (path) {
            case "/v1/chat/completions" -> "CreateChatCompletionResponse";
            case "/v1/models", "/models" -> "ListModelsResponse";
            case "/v1/images/generations", "/v1/images/edits" -> "ImagesResponse";
            default -> path.startsWith("/v1/videos") ? "VideoResource" : "Model";
        };
    }
}
