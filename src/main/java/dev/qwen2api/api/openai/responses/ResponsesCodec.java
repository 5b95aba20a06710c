package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.GenerationOptions;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.Options;
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

    static ResponsesRequest parse(InputStream body, Function<String, Optional<StoredResponse>> stored)
            throws IOException {
        RequestField request = JsonBody.read(body);
        String model = request.get("model").name("the name of a model");
        refuseUnsupported(request);
        OfferedTools offer = ResponseToolsReader.tools(request);
        ResponseToolsReader.Choice choice = ResponseToolsReader.choice(request, offer);
        List<Message> said = said(request, stored);
        var conversation = new Conversation(
                model,
                withInstructions(request.get("instructions"), said),
                choice.tools().tools(),
                choice.mode(),
                options(request, choice.search()));
        return new ResponsesRequest(
                conversation,
                request.get("stream").optionalFlag().orElse(false),
                request.get("store").optionalFlag().orElse(true),
                new ResponsesRequest.Form(
                        offer, request.get("parallel_tool_calls").optionalFlag().orElse(true), RequestEcho.of(request)),
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

    private static List<Message> said(RequestField request, Function<String, Optional<StoredResponse>> stored) {
        Optional<StoredResponse> previous = previous(request.get("previous_response_id"), stored);
        var messages =
                new MessageAssembler(previous.map(StoredResponse::messages).orElse(List.of()));
        RequestField input = request.get("input");
        if (input.isPresent() || previous.isEmpty()) {
            new InputReader(stored, messages).read(input);
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
        return new Problem(
                ProblemKind.PREVIOUS_RESPONSE_NOT_FOUND,
                "The previous response is not stored: responses are kept in memory for a while,"
                        + " for the key that made them,"
                        + " and only with 'store' true. Send the whole conversation in 'input' instead.",
                Optional.of(previous.path()),
                Optional.empty());
    }

    private static List<Message> withInstructions(RequestField instructions, List<Message> said) {
        var messages = new ArrayList<Message>(said.size() + 1);
        instructions
                .optionalText()
                .filter(text -> !text.isBlank())
                .ifPresent(text -> messages.add(Message.of(Role.SYSTEM, text)));
        messages.addAll(said);
        return messages;
    }

    private static Options options(RequestField request, boolean search) {
        RequestField format = ResponsesRequest.within(request.get("text"), "format");
        return new GenerationOptions(
                        request.get("stop"),
                        MOST_STOPS,
                        request.get("max_output_tokens"),
                        ResponsesRequest.within(request.get("reasoning"), "effort")
                                .optionalText()
                                .flatMap(ResponsesCodec::thinks),
                        request.get("thinking_budget"),
                        GenerationOptions.format(format, ""),
                        PASSED_ON)
                .parse(request, search ? Optional.of(ChatType.SEARCH) : Optional.empty());
    }

    private static Optional<Boolean> thinks(String effort) {
        return switch (effort) {
            case "none", "minimal" -> Optional.of(false);
            case "low", "medium", "high", "xhigh", "max" -> Optional.of(true);
            default -> Optional.empty();
        };
    }
}
