package dev.qwen2api.api.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.qwen2api.api.openai.responses.OfferedTools.Known;
import dev.qwen2api.api.openai.responses.OutputItem.Status;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes items of an answer's events. Thinking and words take turns; calls stay open to the end, for the events of several
 * may come in any order. Used by one thread.
 */
final class OutputItems implements AnswerEvent.Visitor {

    private final String response;
    private final ResponsesRequest.Form form;
    private final EventListener eventListener;
    private final List<OutputItem> items = new ArrayList<>();
    private final Map<Integer, OutputItem> calls = new HashMap<>();
    private @Nullable OutputItem last;
    private List<Source> sources = List.of();
    private AnswerEvent.Usage usage = new AnswerEvent.Usage(0, 0, 0, 0);
    private Reason reason = Reason.STOP;

    OutputItems(String response, ResponsesRequest.Form form, EventListener eventListener) {
        this.response = response;
        this.form = form;
        this.eventListener = eventListener;
    }

    /** All items as they are now. */
    ArrayNode json() {
        ArrayNode array = OutputItem.JSON.createArrayNode();
        items.forEach(outputItem -> array.add(outputItem.json()));
        return array;
    }

    void addTo(MessageAssembler messageAssembler) {
        items.forEach(outputItem -> outputItem.addTo(messageAssembler));
    }

    AnswerEvent.Usage cost() {
        return usage;
    }

    /** Why the answer ended, once it has. */
    Reason end() {
        return reason;
    }

    /** Marks what is unfinished as such, without a word to the frames: nobody must act on half an item. */
    void cutOff() {
        items.forEach(OutputItem::cutOff);
    }

    @Override
    public void reasoning(AnswerEvent.Reasoning event) {
        if (!(last instanceof ReasoningItem)) {
            closeLast();
            last = open(new ReasoningItem(id(ItemIds.REASONING), items.size(), eventListener));
        }
        last.grow(event.text());
    }

    @Override
    public void text(AnswerEvent.Text event) {
        if (!(last instanceof MessageItem)) {
            closeLast();
            last = open(new MessageItem(id(ItemIds.MESSAGE), items.size(), () -> sources, eventListener));
        }
        last.grow(event.text());
    }

    @Override
    public void toolCallOpened(AnswerEvent.ToolCallOpened event) {
        if (!form.parallel() && !calls.isEmpty()) {
            return;
        }
        closeLast();
        Known tool = form.offer().known(event.name());
        calls.put(event.index(), open(call(event.id(), tool)));
    }

    private OutputItem call(String callId, Known tool) {
        return tool.custom()
                ? new CustomCallItem(id(ItemIds.CUSTOM_CALL), items.size(), callId, tool, eventListener)
                : new FunctionCallItem(id(ItemIds.FUNCTION_CALL), items.size(), callId, tool, eventListener);
    }

    @Override
    public void toolCallArguments(AnswerEvent.ToolCallArguments event) {
        OutputItem call = calls.get(event.index());
        if (call != null) {
            call.grow(event.json());
        }
    }

    @Override
    public void sources(AnswerEvent.Sources event) {
        sources = event.list();
    }

    @Override
    public void usage(AnswerEvent.Usage event) {
        usage = event;
    }

    /** The item that was begun last is the one that an end before its time cut off. */
    @Override
    public void finished(AnswerEvent.Finished event) {
        reason = event.reason();
        boolean whole = reason == Reason.STOP || reason == Reason.TOOL_CALLS;
        for (OutputItem outputItem : List.copyOf(items)) {
            boolean cut = !whole && outputItem == items.get(items.size() - 1);
            if (outputItem.isOpen()) {
                outputItem.close(cut ? Status.INCOMPLETE : Status.COMPLETED);
            }
        }
        last = null;
    }

    private String id(String kind) {
        return ItemIds.item(kind, response, items.size());
    }

    private OutputItem open(OutputItem outputItem) {
        items.add(outputItem);
        outputItem.open();
        return outputItem;
    }

    private void closeLast() {
        if (last != null) {
            last.close(Status.COMPLETED);
            last = null;
        }
    }
}
