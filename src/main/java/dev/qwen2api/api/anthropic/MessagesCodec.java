package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.GenerationOptions;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Message;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads requests of the Messages API. Strict where a mistake would change the answer, lenient about fields, blocks
 * and tools it does not know, of which this dialect gets new ones often. Thread-safe.
 */
public final class MessagesCodec implements ClientRequest.Reader {

    private static final int MOST_STOPS = 256;
    private static final List<String> PASSED_ON = List.of("temperature", "top_p", "top_k");

    /**
     * A request, parsed.
     *
     * @param conversation what the client asks
     * @param stream whether it wants an event stream
     */
    record MessagesRequest(Conversation conversation, boolean stream) {}

    @Override
    public ClientRequest read(InputStream body) throws IOException {
        RequestField root = JsonBody.read(body);
        refuseThread(root.get("thread"));
        MessagesRequest request = parse(root);
        MessageHead head = MessageHead.create(request.conversation());
        return new ClientRequest(
                request.conversation(),
                request.stream()
                        ? new ClientRequest.Streamed(new MessageEventPrinter(head))
                        : new ClientRequest.Whole(new MessagePrinter(head)));
    }

    /** The conversation of a request whose tokens are counted. */
    public Conversation conversation(InputStream body) throws IOException {
        return parse(body).conversation();
    }

    static MessagesRequest parse(InputStream body) throws IOException {
        return parse(JsonBody.read(body));
    }

    /** A later request of a thread holds its new messages alone; the gateway keeps none of the earlier ones. */
    private static void refuseThread(RequestField thread) {
        if (thread.isPresent()) {
            throw Problem.of(
                            ProblemKind.THREAD_UNSUPPORTED,
                            thread.path(),
                            "The gateway keeps no threads: send the whole conversation in 'messages', without 'thread'.")
                    .toException();
        }
    }

    private static MessagesRequest parse(RequestField request) {
        String model = request.get("model").name("the name of a model");
        boolean stream = request.get("stream").optionalFlag().orElse(false);
        AnthropicToolsReader tools = AnthropicToolsReader.of(request);
        var messages = new ArrayList<Message>();
        tools.note().ifPresent(messages::add);
        messages.addAll(MessagesReader.messages(request));
        var conversation = new Conversation(
                model, messages, tools.functions(), tools.choice(request.get("tool_choice")), options(request, tools));
        return new MessagesRequest(conversation, stream);
    }

    private static Options options(RequestField request, AnthropicToolsReader tools) {
        RequestField thinking = request.get("thinking");
        RequestField stops = request.get("stop_sequences");
        if (stops.isText()) {
            throw stops.wrong("an array");
        }
        // Only checked: the effort is no switch for thinking in this dialect.
        GenerationOptions.thinks(request.get("output_config").get("effort"));
        return new GenerationOptions(
                        stops,
                        MOST_STOPS,
                        request.get("max_tokens"),
                        GenerationOptions.thinking(thinking),
                        thinking.get("budget_tokens"),
                        format(request),
                        PASSED_ON)
                .parse(request, tools.search())
                .withParallelCalls(parallel(request.get("tool_choice")))
                .withSourcesAfterAnswer();
    }

    private static boolean parallel(RequestField choice) {
        return !(choice.isObject()
                && choice.get("disable_parallel_tool_use").optionalFlag().orElse(false));
    }

    /** Structured output: {@code output_config.format}, and its older name {@code output_format}. */
    private static AnswerFormat format(RequestField request) {
        RequestField config = request.get("output_config");
        RequestField format = config.isObject() && config.get("format").isObject()
                ? config.get("format")
                : request.get("output_format");
        return format.get("schema").isObject() ? GenerationOptions.schema(format.get("schema")) : AnswerFormat.TEXT;
    }
}
