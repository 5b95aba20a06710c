package dev.qwen2api.api.openai.responses;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.AnswerAccumulator.Rules;
import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.api.json.GenerationOptions;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.api.json.TreeMemory;
import dev.qwen2api.api.openai.items.CompactionSummary;
import dev.qwen2api.api.openai.items.InputItemReader;
import dev.qwen2api.api.openai.items.MessageAssembler;
import dev.qwen2api.api.openai.items.ToolReader;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads requests of the Responses API. Strict where a mistake would change the answer, lenient about fields it does
 * not know. Thread-safe.
 */
public final class ResponsesCodec {

    /** As for chat completions. OpenAI's schema has no stop texts here, and clients send them all the same. */
    private static final int MOST_STOPS = 4;

    /** What only OpenAI's servers keep. */
    private static final List<String> UNSUPPORTED = List.of("conversation", "prompt");

    private static final List<String> PASSED_ON = List.of("temperature", "top_p", "parallel_tool_calls");

    /** Bytes for each character of an earlier conversation, which is written again for the upstream. */
    private static final long WRITTEN_AGAIN = 4;

    private final InstantSource clock;

    /**
     * @param clock dates the responses
     */
    public ResponsesCodec(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Reads the body of a request.
     *
     * @param owned the responses of this client: the request may continue one, and its own is stored there
     * @throws dev.qwen2api.failure.ProblemException when it is malformed, naming the field at fault
     * @throws IOException when the body could not be received
     */
    public ClientRequest read(InputStream body, ResponseCache.OwnedResponses owned) throws IOException {
        ResponsesRequest request = parse(body, owned::find);
        var printer = new ResponsePrinter(Response.create(clock.instant(), request), clock, owned::put);
        return new ClientRequest(
                request.conversation(),
                request.stream() ? new ClientRequest.Streamed(printer) : new ClientRequest.Whole(printer));
    }

    /**
     * Reads the body of a request for a compaction.
     *
     * @param owned the responses of this client, one of which the request may name
     */
    public ClientRequest readCompaction(InputStream body, ResponseCache.OwnedResponses owned) throws IOException {
        ResponsesRequest request = parse(body, owned::find, true);
        var printer = new CompactionPrinter(
                Response.create(clock.instant(), request), AnswerAccumulator.whole(Rules.INTERLEAVED));
        return new ClientRequest(request.conversation(), new ClientRequest.Whole(printer));
    }

    /**
     * The conversation of a request whose tokens are counted.
     *
     * @param owned the responses of this client, one of which the request may name
     */
    public Conversation counted(InputStream body, ResponseCache.OwnedResponses owned) throws IOException {
        return parse(body, owned::find).conversation();
    }

    static ResponsesRequest parse(InputStream body, Function<String, Optional<StoredResponse>> stored)
            throws IOException {
        return parse(body, stored, false);
    }

    private static ResponsesRequest parse(
            InputStream body, Function<String, Optional<StoredResponse>> stored, boolean compact) throws IOException {
        RequestField request = JsonBody.read(body);
        String model = request.get("model").name("the name of a model");
        refuseUnsupported(request);
        ToolReader tools = ResponseToolsReader.tools(request);
        ResponseToolsReader.Choice choice = ResponseToolsReader.choice(request, tools.offered());
        List<Message> said = said(request, stored, TreeMemory.of(body));
        boolean compaction = compact || isCompaction(request.get("input"));
        List<Message> turns = withInstructions(request.get("instructions"), said, tools.unavailable());
        if (compaction) {
            turns.add(Message.of(Role.USER, CompactionSummary.INSTRUCTION));
        }
        boolean parallel = request.get("parallel_tool_calls").optionalFlag().orElse(true);
        var conversation = new Conversation(
                model,
                turns,
                compaction ? List.of() : choice.tools().tools(),
                compaction ? ToolChoice.NONE : choice.mode(),
                compaction
                        ? compactionOptions(request)
                        : options(request, choice.search()).withParallelCalls(parallel));
        return new ResponsesRequest(
                conversation,
                !compact && request.get("stream").optionalFlag().orElse(false),
                !compact && request.get("store").optionalFlag().orElse(true),
                new ResponsesRequest.Form(tools.offered(), parallel, compaction, RequestEcho.of(request)),
                said);
    }

    private static void refuseUnsupported(RequestField request) {
        for (String name : UNSUPPORTED) {
            if (request.get(name).isPresent()) {
                throw request.get(name)
                        .refused("'" + name + "' is not offered: nothing is kept here but responses, for a while. Send"
                                + " the words in 'input', or go on from a response with 'previous_response_id'.");
            }
        }
        if (request.get("background").optionalFlag().orElse(false)) {
            throw request.get("background").refused("'background' is not offered: stream the response instead.");
        }
    }

    private static List<Message> said(
            RequestField request, Function<String, Optional<StoredResponse>> stored, TreeMemory memory) {
        Optional<StoredResponse> previous = previous(request.get("previous_response_id"), stored);
        previous.ifPresent(response -> memory.reserve(WRITTEN_AGAIN * response.weight()));
        var messages =
                new MessageAssembler(previous.map(StoredResponse::messages).orElse(List.of()));
        RequestField input = request.get("input");
        if (input.isPresent() || previous.isEmpty()) {
            new InputItemReader(new ItemReferences(stored, memory)::find, messages).read(input);
        }
        if (messages.list().isEmpty()) {
            throw input.refused("'input' must hold at least one message.");
        }
        return messages.list();
    }

    private static Optional<StoredResponse> previous(
            RequestField previous, Function<String, Optional<StoredResponse>> stored) {
        return previous.optionalText()
                .map(id -> stored.apply(id).orElseThrow(() -> gone(previous).toException()));
    }

    private static Problem gone(RequestField previous) {
        return Problem.of(
                ProblemKind.PREVIOUS_RESPONSE_NOT_FOUND,
                previous.path(),
                "The previous response is not stored: responses are kept in memory for a while,"
                        + " for the key that made them,"
                        + " and only with 'store' true. Send the whole conversation in 'input' instead.");
    }

    private static boolean isCompaction(RequestField input) {
        return input.isArray()
                && input.items().stream().anyMatch(item -> item.isOfType(InputItemReader.COMPACTION_TRIGGER));
    }

    /** A summary is free text, however the answers of the conversation look. */
    private static Options compactionOptions(RequestField request) {
        return new GenerationOptions(
                        request.get("stop"),
                        MOST_STOPS,
                        request.get("max_output_tokens"),
                        Optional.empty(),
                        request.get("thinking_budget"),
                        AnswerFormat.TEXT,
                        PASSED_ON)
                .parse(request, Optional.empty());
    }

    private static List<Message> withInstructions(
            RequestField instructions, List<Message> said, List<String> unavailable) {
        var messages = new ArrayList<Message>(said.size() + 1);
        instructions
                .optionalText()
                .filter(text -> !text.isBlank())
                .ifPresent(text -> messages.add(Message.of(Role.SYSTEM, text)));
        ToolDefinitions.unavailable(unavailable).ifPresent(messages::add);
        messages.addAll(said);
        return messages;
    }

    private static Options options(RequestField request, boolean search) {
        RequestField format = ResponsesRequest.within(request.get("text"), "format");
        return new GenerationOptions(
                        request.get("stop"),
                        MOST_STOPS,
                        request.get("max_output_tokens"),
                        GenerationOptions.thinks(ResponsesRequest.within(request.get("reasoning"), "effort")),
                        request.get("thinking_budget"),
                        GenerationOptions.format(format, ""),
                        PASSED_ON)
                .parse(request, search ? Optional.of(ChatType.SEARCH) : Optional.empty());
    }

    /** Prints a summary as the body of {@code POST /v1/responses/compact}. */
    private record CompactionPrinter(Response response, AnswerAccumulator answer) implements BodyPrinter {

        @Override
        public void on(AnswerEvent event) {
            event.accept(answer);
        }

        @Override
        public byte[] body() {
            String item = CompactionItem.json(
                            ItemIds.item(ItemIds.COMPACTION, response.id(), 0), answer.text(ItemType.TEXT))
                    .toString();
            return utf8("{\"id\":\"" + response.id() + "\",\"object\":\"response.compaction\",\"created_at\":"
                    + response.created().getEpochSecond() + ",\"output\":[" + item + "]"
                    + Response.usage(answer.cost()) + "}");
        }
    }
}
