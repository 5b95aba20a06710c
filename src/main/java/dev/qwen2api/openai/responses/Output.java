package dev.qwen2api.openai.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.openai.responses.Item.Status;
import dev.qwen2api.openai.responses.ToolOffer.Known;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes items of an answer's events. Thinking and words take turns; calls stay open to the end, for the events of several
 * may come in any order. Used by one thread.
 */
final class Output implements AnswerEvent.Visitor {

    private final String response;
    private final ResponsesRequest.Form form;
    private final Frames frames;
    private final List<Item> items = new ArrayList<>();
    private final Map<Integer, Item> calls = new HashMap<>();
    private @Nullable Item last;
    private List<Source> sources = List.of();
    private AnswerEvent.Usage usage = new AnswerEvent.Usage(0, 0, 0, 0);
    private Reason reason = Reason.STOP;

    Output(String response, ResponsesRequest.Form form, Frames frames) {
        this.response = response;
        this.form = form;
        this.frames = frames;
    }

    /** All items as they are now. */
    ArrayNode json() {
        ArrayNode array = Item.JSON.createArrayNode();
        items.forEach(item -> array.add(item.json()));
        return array;
    }

    void addTo(Turns turns) {
        items.forEach(item -> item.addTo(turns));
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
        items.forEach(Item::cutOff);
    }

    @Override
    public void reasoning(AnswerEvent.Reasoning event) {
        if (!(last instanceof ReasoningItem)) {
            closeLast();
            last = open(new ReasoningItem(id(ItemIds.REASONING), items.size(), frames));
        }
        last.grow(event.text());
    }

    @Override
    public void text(AnswerEvent.Text event) {
        if (!(last instanceof MessageItem)) {
            closeLast();
            last = open(new MessageItem(id(ItemIds.MESSAGE), items.size(), () -> sources, frames));
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

    private Item call(String callId, Known tool) {
        return tool.custom()
                ? new CustomCallItem(id(ItemIds.CUSTOM_CALL), items.size(), callId, tool, frames)
                : new FunctionCallItem(id(ItemIds.FUNCTION_CALL), items.size(), callId, tool, frames);
    }

    @Override
    public void toolCallArguments(AnswerEvent.ToolCallArguments event) {
        Item call = calls.get(event.index());
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
        for (Item item : List.copyOf(items)) {
            boolean cut = !whole && item == items.get(items.size() - 1);
            if (item.isOpen()) {
                item.close(cut ? Status.INCOMPLETE : Status.COMPLETED);
            }
        }
        last = null;
    }

    private String id(String kind) {
        return ItemIds.item(kind, response, items.size());
    }

    private Item open(Item item) {
        items.add(item);
        item.open();
        return item;
    }

    private void closeLast() {
        if (last != null) {
            last.close(Status.COMPLETED);
            last = null;
        }
    }
}
