package dev.qwen2api.api.openai.responses;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.AnswerAccumulator.Rules;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.api.openai.items.MessageAssembler;
import dev.qwen2api.api.openai.items.OfferedTools;
import dev.qwen2api.api.openai.responses.ResponseCache.StoredResponse;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Prints an answer as a response: as an event stream, or as one body. Used for one response, by one thread. */
public final class ResponsePrinter implements FramePrinter, BodyPrinter, AnswerAccumulator.Listener {

    private final Response response;
    private final InstantSource clock;
    private final Consumer<StoredResponse> store;
    private final AnswerAccumulator answer;
    private final EventFrames frames = new EventFrames();
    private final List<OutputItem> output = new ArrayList<>();
    private boolean begun;

    /**
     * @param clock tells when the response is complete
     * @param store takes the complete response, if the client wants it stored
     */
    public ResponsePrinter(Response response, InstantSource clock, Consumer<StoredResponse> store) {
        this.response = response;
        this.clock = clock;
        this.store = store;
        boolean singleCall = !response.request().form().parallel();
        this.answer = new AnswerAccumulator(new Rules(false, singleCall, false), true, this);
    }

    @Override
    public void open(ByteArrayOutputStream out) {
        frames.to(out);
        begin();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            frames.response("response.created", response.inProgress());
            frames.response("response.in_progress", response.inProgress());
        }
    }

    @Override
    public void event(AnswerEvent event, ByteArrayOutputStream out) {
        frames.to(out);
        on(event);
    }

    /** Comments would cost some readers the event behind them. */
    @Override
    public void heartbeat(ByteArrayOutputStream out) {
        frames.to(out);
        if (begun) {
            frames.response("response.in_progress", response.inProgress());
        } else {
            begin();
        }
    }

    /** Clients know no response before its first event, so a stream without one begins before it fails. */
    @Override
    public void fail(Problem problem, ByteArrayOutputStream out) {
        frames.to(out);
        begin();
        output.forEach(OutputItem::cutOff);
        frames.response("response.failed", response.failed(problem, items()));
    }

    @Override
    public void done(ByteArrayOutputStream out) {
        frames.to(out);
        frames.response("response." + Response.status(answer.end().reason()), complete());
    }

    @Override
    public void on(AnswerEvent event) {
        if (!isCompaction() || CompactionItem.concerns(event)) {
            event.accept(answer);
        }
    }

    @Override
    public byte[] body() {
        return utf8(complete());
    }

    /** The complete response, from which the client can go on when it is stored. */
    private String complete() {
        Reason reason = answer.end().reason();
        String body = response.ended(reason, clock.instant(), items(), answer.cost());
        if (response.request().store()) {
            var messages = isCompaction()
                    ? new MessageAssembler()
                    : new MessageAssembler(response.request().said());
            output.stream().filter(OutputItem::isShown).forEach(item -> item.addTo(messages));
            store.accept(new StoredResponse(response.id(), body, messages.list()));
        }
        return body;
    }

    private ArrayNode items() {
        ArrayNode items = OutputItem.JSON.createArrayNode();
        output.stream().filter(OutputItem::isShown).forEach(item -> items.add(item.json()));
        return items;
    }

    @Override
    public void opened(Item item) {
        OutputItem next = outputItem(item);
        output.add(next);
        next.open();
    }

    private OutputItem outputItem(Item item) {
        return switch (item.type()) {
            case REASONING -> new ReasoningItem(response.id(), item, frames);
            case TEXT, SEARCH ->
                isCompaction()
                        ? new CompactionItem(response.id(), item, frames)
                        : new MessageItem(response.id(), item, answer::sources, frames);
            case TOOL_CALL ->
                call(item, response.request().form().offer().known(item.call().name()));
        };
    }

    private OutputItem call(Item item, OfferedTools.Known tool) {
        return tool.form().isBuiltIn()
                ? new BuiltInCallItem(response.id(), item, tool, frames)
                : new CallItem(response.id(), item, tool, frames);
    }

    private boolean isCompaction() {
        return response.request().form().compaction();
    }

    @Override
    public void grew(Item item, String piece) {
        output.get(item.index()).grew(piece);
    }

    @Override
    public void closed(Item item, boolean cutOff) {
        output.get(item.index()).close(cutOff);
    }
}
