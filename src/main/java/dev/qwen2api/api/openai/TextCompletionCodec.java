package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;

/** Reads OpenAI's older completion requests: a prompt in, text out. Thread-safe. */
public final class TextCompletionCodec implements ClientRequest.Reader {

    private final InstantSource clock;

    /**
     * @param clock dates the completions
     */
    public TextCompletionCodec(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public ClientRequest read(InputStream body) throws IOException {
        RequestField request = JsonBody.read(body);
        String model = request.get("model").name("the name of a model");
        boolean stream = request.get("stream").optionalFlag().orElse(false);
        boolean includeUsage = ChatCodec.includeUsage(request.get("stream_options"), stream);
        checkTheRest(request);
        var conversation = new Conversation(
                model,
                List.of(Message.of(Message.Role.USER, prompt(request.get("prompt")))),
                List.of(),
                ToolChoice.AUTO,
                ChatCodec.options(request, false).withSourcesAfterAnswer().withoutThinkTags());
        var printer = new TextCompletionPrinter(Completion.create(clock.instant(), model), includeUsage);
        return new ClientRequest(
                conversation, stream ? new ClientRequest.Streamed(printer) : new ClientRequest.Whole(printer));
    }

    private static String prompt(RequestField prompt) {
        String expected = "a string, or an array of one string";
        if (prompt.isArray()) {
            List<RequestField> items = prompt.items();
            if (items.size() != 1 || !items.get(0).isText()) {
                throw prompt.wrong(expected);
            }
            return items.get(0).name(expected);
        }
        return prompt.name(expected);
    }

    private static void checkTheRest(RequestField request) {
        ChatCodec.checkTheRest(request);
        if (request.get("best_of").optionalCount(1).orElse(1) > 1) {
            throw request.get("best_of").refused("'best_of' must be 1: the upstream gives one answer at a time.");
        }
        if (request.get("echo").optionalFlag().orElse(false)) {
            throw request.get("echo").refused("'echo' is not supported: prepend the prompt yourself.");
        }
        if (!request.get("suffix").optionalText().orElse("").isEmpty()) {
            throw request.get("suffix").refused("'suffix' is not supported: the service cannot fill in the middle.");
        }
    }
}
