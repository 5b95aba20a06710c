package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads requests for responses. Strict where a mistake would change the answer, friendly to everything it does not know.
 * Thread-safe.
 */
public final class ResponsesCodec {

    /** What would have to be kept by OpenAI, or run there. */
    private static final List<String> NOT_OFFERED = List.of("conversation", "prompt");

    /**
     * Reads the body of a request.
     *
     * @param earlier the responses that the request may go on from
     * @throws dev.qwen2api.failure.ProblemException when something is wrong with it, naming the field at fault
     * @throws IOException when the body could not be received
     */
    public ResponsesRequest read(InputStream body, Earlier earlier) throws IOException {
        RequestField request = JsonBody.read(body);
        String model = request.get("model").text();
        if (model.isBlank()) {
            throw request.get("model").wrong("the name of a model");
        }
        refuseWhatIsNotOffered(request);
        OfferedTools offer = ResponseToolsReader.read(request);
        ToolChoiceReader toolChoiceReader = ToolChoiceReader.read(request, offer);
        List<Message> said = said(request, earlier);
        var conversation = new Conversation(
                model,
                withInstructions(request.get("instructions"), said),
                toolChoiceReader.tools().tools(),
                toolChoiceReader.choice(),
                ResponseOptionsReader.options(request, toolChoiceReader.search()));
        return new ResponsesRequest(
                conversation,
                request.get("stream").optionalFlag().orElse(false),
                request.get("store").optionalFlag().orElse(true),
                new ResponsesRequest.Form(
                        offer, request.get("parallel_tool_calls").optionalFlag().orElse(true), RequestEcho.of(request)),
                said);
    }

    private static void refuseWhatIsNotOffered(RequestField request) {
        for (String name : NOT_OFFERED) {
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

    private static List<Message> said(RequestField request, Earlier earlier) {
        Optional<HeldResponse> previous = previous(request.get("previous_response_id"), earlier);
        var messageAssembler =
                new MessageAssembler(previous.map(HeldResponse::turns).orElse(List.of()));
        RequestField input = request.get("input");
        if (input.isPresent() || previous.isEmpty()) {
            new InputReader(earlier, messageAssembler).read(input);
        }
        if (messageAssembler.list().isEmpty()) {
            throw input.refused("'input' must hold at least one message.");
        }
        return messageAssembler.list();
    }

    private static Optional<HeldResponse> previous(RequestField previous, Earlier earlier) {
        return previous.optionalText()
                .map(id -> earlier.find(id).orElseThrow(() -> gone(previous).toException()));
    }

    private static Problem gone(RequestField previous) {
        return new Problem(
                ProblemKind.PREVIOUS_RESPONSE_NOT_FOUND,
                "The previous response is not held: responses are held in memory for a while, for the key that made them,"
                        + " and only with 'store' true. Send the whole conversation in 'input' instead.",
                Optional.of(previous.path()),
                Optional.empty());
    }

    private static List<Message> withInstructions(RequestField instructions, List<Message> said) {
        var turns = new ArrayList<Message>(said.size() + 1);
        instructions
                .optionalText()
                .filter(text -> !text.isBlank())
                .ifPresent(text -> turns.add(Message.of(Role.SYSTEM, text)));
        turns.addAll(said);
        return turns;
    }
}
