package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;

/**
 * Writes thinking into the text, between tags. Each tag is a piece of its own, since some clients know a closing tag at
 * the end of a chunk alone. Thinking that resumes after text opens the tags again.
 */
public final class ThinkTagsFilter implements AnswerListener {

    private final AnswerListener next;
    private boolean open;

    public ThinkTagsFilter(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Reasoning reasoning) {
            if (!open) {
                open = true;
                next.on(new Text("<think>\n"));
            }
            next.on(new Text(reasoning.text()));
            return;
        }
        boolean closes = event instanceof Text
                || event instanceof AnswerEvent.ToolCallOpened
                || event instanceof AnswerEvent.Picture
                || event instanceof Finished;
        if (open && closes) {
            open = false;
            next.on(new Text("\n</think>"));
            next.on(new Text("\n\n"));
        }
        next.on(event);
    }
}
