package dev.qwen2api.chat;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes down what happened in an answer, one short line per event, texts that follow each other joined. */
public final class Recorder implements AnswerListener {

    private final List<AnswerEvent> events = new ArrayList<>();

    @Override
    public void on(AnswerEvent event) {
        events.add(event);
    }

    List<AnswerEvent> events() {
        return events;
    }

    /** The answer as one line: {@code think(..)text(..)stop}. */
    public String story() {
        var story = new StringBuilder();
        @Nullable Class<?> before = null;
        for (AnswerEvent event : events) {
            boolean continues = event.getClass().equals(before);
            if (event instanceof Text text) {
                join(story, "text(", text.text(), continues);
            } else if (event instanceof Reasoning reasoning) {
                join(story, "think(", reasoning.text(), continues);
            } else if (event instanceof Usage usage) {
                story.append("usage(" + usage.input() + "," + usage.output() + ")");
            } else if (event instanceof Finished finished) {
                story.append(finished.reason().name().toLowerCase(Locale.ROOT));
            } else {
                story.append(event.getClass().getSimpleName().toLowerCase(Locale.ROOT));
            }
            before = event.getClass();
        }
        return story.toString();
    }

    private static void join(StringBuilder story, String opening, String text, boolean continues) {
        if (continues) {
            story.setLength(story.length() - 1);
        } else {
            story.append(opening);
        }
        story.append(text).append(')');
    }
}
