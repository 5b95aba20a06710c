package dev.qwen2api.fuzz;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerListener;
import java.util.ArrayList;
import java.util.List;

/** The events of an answer, with neighbours of one kind put together: the same however the answer was cut. */
public final class Story implements AnswerListener {

    private final List<String> told = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private String kind = "";

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof AnswerEvent.Text text) {
            more("text", text.text());
        } else if (event instanceof AnswerEvent.Reasoning reasoning) {
            more("thinking", reasoning.text());
        } else if (event instanceof AnswerEvent.ToolCallArguments arguments) {
            more("arguments " + arguments.index(), arguments.json());
        } else if (event instanceof AnswerEvent.ToolCallOpened opened) {
            more("", "");
            told.add("call " + opened.index() + " " + opened.name());
        } else {
            more("", "");
            told.add(event.toString());
        }
    }

    private void more(String of, String words) {
        if (!of.equals(kind)) {
            if (!open.isEmpty()) {
                told.add(kind + " " + open);
            }
            open.setLength(0);
            kind = of;
        }
        open.append(words);
    }

    /** Adds how the answer ended. */
    public Story end(String how) {
        more("", "");
        told.add(how);
        return this;
    }

    /** What happened, one line for each step. */
    public List<String> told() {
        more("", "");
        return List.copyOf(told);
    }

    /** Everything of one kind, put together. */
    public String of(String name) {
        more("", "");
        var all = new StringBuilder();
        told.stream()
                .filter(step -> step.startsWith(name + " "))
                .forEach(step -> all.append(step, name.length() + 1, step.length()));
        return all.toString();
    }

    /** Fails if two runs over the same answer differ. */
    public static void same(Story whole, Story cut) {
        if (!whole.told().equals(cut.told())) {
            throw new AssertionError("the answer depends on how it is cut:\n" + whole.told() + "\n" + cut.told());
        }
    }
}
