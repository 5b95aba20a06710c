package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.GenerationOptions;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.api.openai.Completion.CallFormat;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Message;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads chat completion requests. Strict where a mistake would change the answer, lenient about fields it does not
 * know. Thread-safe.
 */
public final class ChatCodec implements ClientRequest.Reader {

    private static final List<String> WITHOUT_EFFECT =
            List.of("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "top_logprobs");

    private static final int MOST_STOPS = 4;

    /** Fields that are part of the conversation, or that only the gateway understands; all others are passed on. */
    private static final Set<String> READ = Set.of(
            "model",
            "messages",
            "tools",
            "tool_choice",
            "functions",
            "function_call",
            "stream",
            "stream_options",
            "stop",
            "max_tokens",
            "max_completion_tokens",
            "response_format",
            "chat_type",
            "enable_thinking",
            "input",
            "instructions",
            "web_search_options",
            "enable_search",
            "thinking",
            "thinking_budget",
            "size",
            "n");

    private final InstantSource clock;

    /**
     * @param clock dates the completions
     */
    public ChatCodec(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * A chat request, parsed.
     *
     * @param conversation what the client asks
     * @param stream whether it wants an event stream
     * @param includeUsage whether a stream ends with a chunk that tells the cost
     * @param calls how tool calls are printed
     */
    record ChatRequest(Conversation conversation, boolean stream, boolean includeUsage, CallFormat calls) {}

    @Override
    public ClientRequest read(InputStream body) throws IOException {
        ChatRequest request = parse(body);
        var completion =
                Completion.create(clock.instant(), request.conversation().model());
        return new ClientRequest(
                request.conversation(),
                request.stream()
                        ? new ClientRequest.Streamed(
                                new ChunkPrinter(completion, request.includeUsage(), request.calls()))
                        : new ClientRequest.Whole(new CompletionPrinter(completion, request.calls())));
    }

    static ChatRequest parse(InputStream body) throws IOException {
        RequestField request = JsonBody.read(body);
        String model = request.get("model").name("the name of a model");
        boolean stream = request.get("stream").optionalFlag().orElse(false);
        boolean includeUsage = includeUsage(request.get("stream_options"), stream);
        checkTheRest(request);
        ChatToolsReader.ChatTools tools = ChatToolsReader.read(request);
        var messages = new ArrayList<Message>();
        ToolDefinitions.unavailable(tools.unavailable()).ifPresent(messages::add);
        messages.addAll(MessageReader.of(request));
        var conversation = new Conversation(
                model,
                messages,
                tools.offer().tools(),
                tools.choice(),
                options(request, tools.search()).withParallelCalls(tools.calls().parallel()));
        return new ChatRequest(conversation, stream, includeUsage, tools.calls());
    }

    static boolean includeUsage(RequestField options, boolean stream) {
        if (!options.isPresent()) {
            return false;
        }
        if (!stream) {
            throw options.refused("'stream_options' is only allowed when 'stream' is true.");
        }
        return options.object().get("include_usage").optionalFlag().orElse(false);
    }

    static void checkTheRest(RequestField request) {
        WITHOUT_EFFECT.forEach(name -> request.get(name).checkNumber());
        if (request.get("n").optionalCount(1).orElse(1) > 1) {
            throw request.get("n").refused("'n' must be 1: the upstream gives one answer at a time.");
        }
    }

    static Options options(RequestField request, boolean offersSearch) {
        boolean search = offersSearch
                || request.get("web_search_options").isPresent()
                || request.get("enable_search").optionalFlag().orElse(false);
        RequestField newer = request.get("max_completion_tokens");
        RequestField older = request.get("max_tokens");
        older.optionalCount(1);
        return new GenerationOptions(
                        request.get("stop"),
                        MOST_STOPS,
                        newer.isPresent() ? newer : older,
                        thinking(request),
                        budget(request),
                        GenerationOptions.format(request.get("response_format"), "json_schema"),
                        request.names().stream()
                                .filter(name -> !READ.contains(name))
                                .toList())
                .parse(request, search ? Optional.of(ChatType.SEARCH) : Optional.empty());
    }

    private static RequestField budget(RequestField request) {
        RequestField thinking = request.get("thinking");
        return request.get("thinking_budget").isPresent() || !thinking.isObject()
                ? request.get("thinking_budget")
                : thinking.get("budget_tokens");
    }

    /** Whether to think first, in the words of several vendors. */
    private static Optional<Boolean> thinking(RequestField request) {
        RequestField template = request.get("chat_template_kwargs");
        Optional<Boolean> effort = GenerationOptions.thinks(request.get("reasoning_effort"));
        return (template.isObject() ? template.get("enable_thinking").optionalFlag() : Optional.<Boolean>empty())
                .or(() -> GenerationOptions.thinking(request.get("thinking")))
                .or(() -> effort);
    }
}
