package dev.qwen2api.chat;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One message of a conversation.
 *
 * @param role who speaks
 * @param parts what is said, in order; may be empty where an assistant only called tools
 * @param calls the tools that an assistant called in this turn
 * @param callId with role {@link Role#TOOL}: the id of the call whose result this is; empty otherwise
 * @param name the speaker's name in one line, which tells several of one role apart; empty where there is none
 */
public record Message(Role role, List<Part> parts, List<ToolCall> calls, String callId, String name) {

    /** Who speaks. A developer's message is a system message. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL
    }

    /** A piece of a message: text, or {@code Media}. */
    public interface Part {}

    /** Words. */
    public record Text(String text) implements Part {}

    /**
     * A call that an assistant made.
     *
     * @param id names the call, so that its result can be told from others
     * @param name the function
     * @param arguments JSON text as the model wrote it
     */
    public record ToolCall(String id, String name, String arguments) {}

    public Message {
        parts = List.copyOf(parts);
        calls = List.copyOf(calls);
    }

    /** A message whose speaker has no name. */
    public Message(Role role, List<Part> parts, List<ToolCall> calls, String callId) {
        this(role, parts, calls, callId, "");
    }

    public static Message of(Role role, String text) {
        return of(role, List.of(new Text(text)));
    }

    /** A message that neither calls a tool nor is the result of a call. */
    public static Message of(Role role, List<Part> parts) {
        return new Message(role, parts, List.of(), "");
    }

    /** The same message with other parts. */
    public Message withParts(List<Part> others) {
        return new Message(role, others, calls, callId, name);
    }

    /** The words of this turn, parts joined by line feeds. */
    public String text() {
        if (parts.size() == 1 && parts.get(0) instanceof Text only) {
            return only.text();
        }
        return parts.stream()
                .filter(Text.class::isInstance)
                .map(part -> ((Text) part).text())
                .collect(Collectors.joining("\n"));
    }
}
