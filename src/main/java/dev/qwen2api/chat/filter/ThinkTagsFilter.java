package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;

/** Writes thinking into the text, between tags. Thinking that resumes after text opens the tags again. */
public final class ThinkTagsFilter implements AnswerListener {

    private final AnswerListener next;
    private boolean open;

    public ThinkTagsFilter(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Reasoning reasoning) {
            next.on(new Text(open ? reasoning.text() : "<think>\n" + reasoning.text()));
            open = true;
            return;
        }
        boolean closes = event instanceof Text
                || event instanceof AnswerEvent.ToolCallOpened
                || event instanceof AnswerEvent.Picture
                || event instanceof Finished;
        if (open && closes) {
            open = false;
            // Some clients take a tag for the end of thinking only where it ends a chunk.
            next.on(new Text("\n</think>"));
            next.on(new Text("\n\n"));
        }
        next.on(event);
    }
}
