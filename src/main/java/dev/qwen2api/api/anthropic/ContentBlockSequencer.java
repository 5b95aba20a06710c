package dev.qwen2api.api.anthropic;

import dev.qwen2api.api.anthropic.ContentBlock.BlockType;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts an answer into the blocks of a message: one at a time, each closed before the next begins. Used for one answer, by one
 * thread.
 */
final class ContentBlockSequencer implements AnswerEvent.Visitor {

    private static final Usage FREE = new Usage(0, 0, 0, 0);

    private final MessageHead head;
    private final Blocks blocks;
    /** Thinking that came in the middle of a call, which is one block and cannot be gone on with later. */
    private final StringBuilder held = new StringBuilder();

    private @Nullable BlockType open;
    private List<Source> sources = List.of();
    private Usage usage = FREE;

    /** Takes the blocks as they come. */
    interface Blocks {

        /** A block begins. */
        void start(ContentBlock contentBlock);

        /** More for the block that is open; never of kind {@link Kind#COMPLETE}. */
        void more(String piece);

        /** The block that is open is complete. */
        void stop();

        /** So is the answer. */
        void end(AnswerEvent.Finished end, Usage usage);
    }

    ContentBlockSequencer(MessageHead head, Blocks blocks) {
        this.head = head;
        this.blocks = blocks;
    }

    @Override
    public void reasoning(AnswerEvent.Reasoning event) {
        if (open == BlockType.TOOL_USE) {
            held.append(event.text());
        } else {
            thought(event.text());
        }
    }

    private void thought(String text) {
        if (open != BlockType.THINKING) {
            start(ContentBlock.thinking());
        }
        blocks.more(text);
    }

    /** Lets go of what was held, once the call is complete. */
    private void release() {
        if (held.length() > 0) {
            thought(held.toString());
            held.setLength(0);
        }
    }

    @Override
    public void text(AnswerEvent.Text event) {
        release();
        if (open != BlockType.TEXT) {
            showSources();
            start(ContentBlock.text());
        }
        blocks.more(event.text());
    }

    @Override
    public void toolCallOpened(AnswerEvent.ToolCallOpened event) {
        release();
        start(ContentBlock.toolUse(event.id(), event.name()));
    }

    @Override
    public void toolCallArguments(AnswerEvent.ToolCallArguments event) {
        blocks.more(event.json());
    }

    @Override
    public void sources(AnswerEvent.Sources event) {
        sources = event.list();
    }

    @Override
    public void usage(AnswerEvent.Usage event) {
        usage = event;
    }

    @Override
    public void finished(AnswerEvent.Finished event) {
        release();
        showSources();
        stop();
        blocks.end(event, usage);
    }

    private void start(ContentBlock contentBlock) {
        stop();
        open = contentBlock.kind();
        blocks.start(contentBlock);
    }

    private void stop() {
        if (open != null) {
            open = null;
            blocks.stop();
        }
    }

    /** Shows what was found to a client that offered to be shown it, ahead of the words that draw on it. */
    private void showSources() {
        if (head.search() && !sources.isEmpty()) {
            String id = head.id().replaceFirst("msg", "srvtoolu");
            start(ContentBlock.search(id));
            start(ContentBlock.found(id, sources));
            sources = List.of();
        }
    }
}
