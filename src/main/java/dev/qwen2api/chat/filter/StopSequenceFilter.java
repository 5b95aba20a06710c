package dev.qwen2api.chat.filter;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends an answer before the first of the client's stop texts. Holds back only what may still become one, so text
 * flows at once. Thinking and the arguments of calls are not searched.
 */
public final class StopSequenceFilter implements AnswerListener {

    private final AnswerListener next;
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean ended;

    public StopSequenceFilter(List<String> stops, AnswerListener next) {
        this.stops = stops;
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (ended) {
            return;
        }
        if (event instanceof Text text) {
            held.append(text.text());
            search();
            return;
        }
        if (event instanceof AnswerEvent.Finished || event instanceof AnswerEvent.ToolCallOpened) {
            release(held.length());
        }
        next.on(event);
    }

    private void search() {
        String first = firstStop();
        if (first == null) {
            release(held.length() - possibleBeginning());
        } else {
            release(held.indexOf(first));
            ended = true;
            next.on(new Finished(Finished.Reason.STOP, Optional.of(first)));
        }
    }

    /** The stop text that stands first; of those that begin at the same place, the one that the client named first. */
    private @Nullable String firstStop() {
        String first = null;
        int least = Integer.MAX_VALUE;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && at < least) {
                first = stop;
                least = at;
            }
        }
        return first;
    }

    /** The length of the longest end of the held text with which a stop text begins. */
    private int possibleBeginning() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private void release(int length) {
        if (length > 0) {
            next.on(new Text(held.substring(0, length)));
            held.delete(0, length);
        }
    }
}
