package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What comes out of a parser, put together: words, calls, and how they follow each other. */
final class ParsedAnswer implements AnswerListener {

    /** A call as the client would see it. */
    record Call(String id, String name, String arguments) {}

    final List<AnswerEvent> events = new ArrayList<>();
    private final List<StringBuilder> arguments = new ArrayList<>();

    /** Runs pieces of an answer that ends with {@link Reason#STOP} through a parser. */
    static ParsedAnswer of(List<Tool> tools, List<String> pieces) {
        ParsedAnswer heard = new ParsedAnswer();
        AtomicInteger count = new AtomicInteger();
        Supplier<String> ids = () -> "call_" + count.getAndIncrement();
        ToolCallParser parser = new ToolCallParser(tools, ids, heard, new TextBuffer());
        for (String piece : pieces) {
            if (!piece.isEmpty()) {
                parser.on(new AnswerEvent.Text(piece));
            }
        }
        parser.on(new AnswerEvent.Finished(Reason.STOP));
        return heard;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof AnswerEvent.Text text) {
            assertFalse(text.text().isEmpty(), "an empty text event");
        } else if (event instanceof AnswerEvent.ToolCallOpened opened) {
            assertEquals(arguments.size(), opened.index(), "calls are numbered one after the other");
            arguments.add(new StringBuilder());
        } else if (event instanceof AnswerEvent.ToolCallArguments piece) {
            assertFalse(piece.json().isEmpty(), "an empty arguments event");
            assertEquals(arguments.size() - 1, piece.index(), "arguments belong to the call opened last");
            arguments.get(piece.index()).append(piece.json());
        } else {
            assertTrue(event instanceof AnswerEvent.Finished, () -> "unexpected " + event);
        }
        events.add(event);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (AnswerEvent event : events) {
            if (event instanceof AnswerEvent.Text piece) {
                text.append(piece.text());
            }
        }
        return text.toString();
    }

    List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (AnswerEvent event : events) {
            if (event instanceof AnswerEvent.ToolCallOpened opened) {
                calls.add(new Call(
                        opened.id(),
                        opened.name(),
                        arguments.get(opened.index()).toString()));
            }
        }
        return calls;
    }

    /** Words and calls in their order, in a form that two runs can be compared by. */
    String story() {
        StringBuilder story = new StringBuilder();
        boolean inText = false;
        for (AnswerEvent event : events) {
            if (event instanceof AnswerEvent.Text piece) {
                story.append(inText ? "" : "\nTEXT ").append(piece.text());
                inText = true;
            } else if (event instanceof AnswerEvent.ToolCallOpened opened) {
                story.append("\nCALL ").append(opened.name()).append(' ').append(arguments.get(opened.index()));
                inText = false;
            } else if (event instanceof AnswerEvent.Finished finished) {
                story.append("\nEND ").append(finished.reason());
            }
        }
        return story.toString();
    }
}
