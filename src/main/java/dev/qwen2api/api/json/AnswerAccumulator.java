package dev.qwen2api.api.json;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerEvent.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Assembles the events of an answer into items: stretches of thinking, stretches of text, and tool calls. The
 * printers of all dialects are built on it. Used by one thread.
 */
public final class AnswerAccumulator implements AnswerEvent.Visitor {

    private static final AnswerEvent.Usage UNKNOWN = new AnswerEvent.Usage(0, 0, 0, 0);

    /** A listener for answers that are printed when they are complete. */
    private static final Listener NONE = new Listener() {};

    private final Rules rules;
    private final boolean keepsText;
    private final Listener listener;
    private final List<Item> items = new ArrayList<>();
    /** Thinking in the middle of a call, where items follow each other and the call must be complete first. */
    private final StringBuilder heldThinking = new StringBuilder();
    /** The item that the next piece of thinking or text may continue. */
    private @Nullable Item current;

    private List<Source> sources = List.of();
    private boolean sourcesAreNew;
    private Optional<AnswerEvent.Usage> usage = Optional.empty();
    private AnswerEvent.Finished end = new AnswerEvent.Finished(Reason.STOP);

    /** What an item holds. */
    public enum ItemType {
        REASONING,
        TEXT,
        TOOL_CALL,
        /** The pages that a web search found; complete from the beginning. */
        SEARCH
    }

    /**
     * How the dialects differ.
     *
     * @param sequential whether each item is complete before the next one opens; otherwise calls stay open to the end
     * @param singleCall whether calls after the first are dropped
     * @param searchItems whether sources are an item, ahead of the text that draws on them
     */
    public record Rules(boolean sequential, boolean singleCall, boolean searchItems) {

        /** Calls stay open to the end, and sources are no item. */
        public static final Rules INTERLEAVED = new Rules(false, false, false);
    }

    /** Receives the items of an answer while they grow. */
    public interface Listener {

        default void opened(Item item) {}

        /** The item goes on with {@code piece}. */
        default void grew(Item item, String piece) {}

        /**
         * The item is over.
         *
         * @param cutOff whether the answer ended before the item was complete
         */
        default void closed(Item item, boolean cutOff) {}

        /** The answer is over, and every item with it. */
        default void finished(AnswerEvent.Finished end) {}
    }

    /** One item of an answer. */
    public static final class Item {

        private final ItemType type;
        private final int index;
        private final AnswerEvent.@Nullable ToolCallOpened call;
        private final List<Source> sources;
        private final StringBuilder text = new StringBuilder(0);
        private boolean open = true;

        private Item(ItemType type, int index, AnswerEvent.@Nullable ToolCallOpened call, List<Source> sources) {
            this.type = type;
            this.index = index;
            this.call = call;
            this.sources = sources;
        }

        public ItemType type() {
            return type;
        }

        /** The position among the items of the answer, from 0. */
        public int index() {
            return index;
        }

        /** The call's position among the calls, its id and its function; only of an item that is a call. */
        public AnswerEvent.ToolCallOpened call() {
            if (call == null) {
                throw new IllegalStateException("not a tool call");
            }
            return call;
        }

        /** The sources that were known when the item opened. */
        public List<Source> sources() {
            return sources;
        }

        /** The thinking, the text or the arguments so far, where the accumulator keeps them; well-formed. */
        public String text() {
            return WellFormedText.text(text.toString());
        }
    }

    /**
     * @param keepsText whether items keep their text; a stream that never repeats it saves the memory
     */
    public AnswerAccumulator(Rules rules, boolean keepsText, Listener listener) {
        this.rules = rules;
        this.keepsText = keepsText;
        this.listener = listener;
    }

    /** An accumulator that keeps everything for one body. */
    public static AnswerAccumulator whole(Rules rules) {
        return new AnswerAccumulator(rules, true, NONE);
    }

    public List<Item> items() {
        return items;
    }

    /** The text of all items of one type, in order. */
    public String text(ItemType type) {
        var all = new StringBuilder();
        items.stream().filter(item -> item.type == type).forEach(item -> all.append(item.text));
        return WellFormedText.text(all.toString());
    }

    /** All sources known so far. */
    public List<Source> sources() {
        return sources;
    }

    /** The cost of the answer, once it is known. */
    public Optional<AnswerEvent.Usage> usage() {
        return usage;
    }

    /** The cost of the answer; zero as long as it is not known. */
    public AnswerEvent.Usage cost() {
        return usage.orElse(UNKNOWN);
    }

    /** Why the answer ended; {@code STOP} before it has. */
    public AnswerEvent.Finished end() {
        return end;
    }

    @Override
    public void reasoning(AnswerEvent.Reasoning event) {
        if (rules.sequential() && current != null && current.type == ItemType.TOOL_CALL) {
            heldThinking.append(event.text());
        } else {
            stretch(ItemType.REASONING, event.text());
        }
    }

    @Override
    public void text(AnswerEvent.Text event) {
        releaseThinking();
        if (current == null || current.type != ItemType.TEXT) {
            showSources();
        }
        stretch(ItemType.TEXT, event.text());
    }

    private void stretch(ItemType type, String piece) {
        Item item = current;
        if (item == null || item.type != type) {
            closeCurrent();
            item = open(type, null);
            current = item;
        }
        grow(item, piece);
    }

    @Override
    public void toolCallOpened(AnswerEvent.ToolCallOpened event) {
        if (rules.singleCall() && items.stream().anyMatch(item -> item.type == ItemType.TOOL_CALL)) {
            return;
        }
        releaseThinking();
        closeCurrent();
        Item item = open(ItemType.TOOL_CALL, event);
        current = rules.sequential() ? item : null;
    }

    @Override
    public void toolCallArguments(AnswerEvent.ToolCallArguments event) {
        for (int i = items.size() - 1; i >= 0; i--) {
            Item item = items.get(i);
            if (item.open && item.call != null && item.call.index() == event.index()) {
                grow(item, event.json());
                return;
            }
        }
    }

    @Override
    public void sources(AnswerEvent.Sources event) {
        sources = event.list();
        sourcesAreNew = true;
    }

    @Override
    public void usage(AnswerEvent.Usage event) {
        usage = Optional.of(event);
    }

    /** The item that was opened last is the one that an early end cut off. */
    @Override
    public void finished(AnswerEvent.Finished event) {
        end = event;
        releaseThinking();
        boolean early = event.reason() == Reason.LENGTH || event.reason() == Reason.CONTENT_FILTER;
        for (Item item : List.copyOf(items)) {
            close(item, early && item.index == items.size() - 1);
        }
        showSources();
        listener.finished(event);
    }

    private void releaseThinking() {
        if (heldThinking.length() > 0) {
            stretch(ItemType.REASONING, heldThinking.toString());
            heldThinking.setLength(0);
        }
    }

    private void showSources() {
        if (rules.searchItems() && sourcesAreNew && !sources.isEmpty()) {
            sourcesAreNew = false;
            closeCurrent();
            close(open(ItemType.SEARCH, null), false);
        }
    }

    private Item open(ItemType type, AnswerEvent.@Nullable ToolCallOpened call) {
        var item = new Item(type, items.size(), call, sources);
        items.add(item);
        listener.opened(item);
        return item;
    }

    private void grow(Item item, String piece) {
        if (keepsText) {
            item.text.append(piece);
        }
        listener.grew(item, piece);
    }

    private void closeCurrent() {
        if (current != null) {
            close(current, false);
            current = null;
        }
    }

    private void close(Item item, boolean cutOff) {
        if (item.open) {
            item.open = false;
            listener.closed(item, cutOff);
        }
    }
}
