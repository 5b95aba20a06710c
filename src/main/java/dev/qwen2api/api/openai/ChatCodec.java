package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Reads chat requests. Strict where a mistake would change the answer, friendly to everything it does not know. Thread-safe.
 */
public final class ChatCodec {

    private static final List<String> WITHOUT_EFFECT =
            List.of("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "top_logprobs");

    /**
     * Reads the body of a chat request.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none, naming the field at fault
     * @throws IOException when the body could not be received
     */
    public ChatRequest read(InputStream body) throws IOException {
        RequestField request = JsonBody.read(body);
        String model = request.get("model").text();
        if (model.isBlank()) {
            throw request.get("model").wrong("the name of a model");
        }
        boolean stream = request.get("stream").optionalFlag().orElse(false);
        boolean includeUsage = includeUsage(request.get("stream_options"), stream);
        checkTheRest(request);
        List<Tool> tools = ChatToolsReader.tools(request);
        ToolChoice choice = ChatToolsReader.choice(request, tools);
        var conversation = new Conversation(
                model, MessageReader.turns(request.get("messages")), tools, choice, ChatOptionsReader.options(request));
        return new ChatRequest(conversation, stream, includeUsage);
    }

    private static boolean includeUsage(RequestField options, boolean stream) {
        if (!options.isPresent()) {
            return false;
        }
        if (!stream) {
            throw options.refused("'stream_options' is only allowed when 'stream' is true.");
        }
        return options.object().get("include_usage").optionalFlag().orElse(false);
    }

    private static void checkTheRest(RequestField request) {
        WITHOUT_EFFECT.forEach(name -> request.get(name).checkNumber());
        if (request.get("n").optionalCount(1).orElse(1) > 1) {
            throw request.get("n").refused("'n' must be 1: the upstream gives one answer at a time.");
        }
    }
}
