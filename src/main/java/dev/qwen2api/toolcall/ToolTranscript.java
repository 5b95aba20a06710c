package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes earlier calls and their results into the text that a model reads, calls exactly in the form that {@link
 * ToolPrompt} teaches, since models copy what they see. Results bear the number of their call in the conversation and
 * its name.
 *
 * <p>The marks are not {@code <tool_call>}, the form that Qwen's models were trained on: the web service reads that one
 * itself, looks for the tool among its own, and tells the model that it does not exist (seen by two other gateways,
 * 2026-05 and 2026-08). The marks of a call have no attributes, for models copy attributes badly.
 */
public final class ToolTranscript {

    static final String OPEN = "[tool_call]";
    static final String CLOSE = "[/tool_call]";
    private static final String RESULT = "[tool_result";
    private static final String RESULT_CLOSE = "[/tool_result]";

    /** What would end a result early, in any spelling. */
    private static final Pattern RESULT_END =
            Pattern.compile("\\[\\s*/\\s*(?=tool[ _-]?result)", Pattern.CASE_INSENSITIVE);

    /** What each result is called, by its message. */
    private final IdentityHashMap<Message, String> labels = new IdentityHashMap<>();

    /** Numbers the calls of a conversation, and finds the call of each result: ids may come again later. */
    public ToolTranscript(List<Message> messages) {
        int number = 0;
        Map<String, Deque<String>> called = new HashMap<>();
        Set<String> ids = new HashSet<>();
        for (Message message : messages) {
            if (message.role() != Role.ASSISTANT) {
                ids.clear();
            }
            for (ToolCall call : message.calls()) {
                number++;
                if (ids.add(call.id())) {
                    called.remove(call.id());
                }
                called.computeIfAbsent(call.id(), id -> new ArrayDeque<>())
                        .add(" call=" + number + " name=" + JsonMembers.quote(call.name()));
            }
            Deque<String> answered = called.get(message.callId());
            if (message.role() == Role.TOOL && answered != null) {
                labels.put(message, next(answered));
            }
        }
    }

    /** The next of the calls that share an id in one turn; the last stays, for results that come twice. */
    private static String next(Deque<String> calls) {
        return calls.size() > 1 ? calls.remove() : calls.element();
    }

    /** The calls of one assistant's message; empty if there are none. */
    public String calls(List<ToolCall> calls) {
        StringBuilder text = new StringBuilder();
        for (ToolCall call : calls) {
            text.append(text.length() > 0 ? "\n" : "")
                    .append(OPEN)
                    .append("\n{\"name\": ")
                    .append(JsonMembers.quote(call.name()))
                    .append(", \"arguments\": ")
                    .append(arguments(call.arguments()))
                    .append("}\n")
                    .append(CLOSE);
        }
        return text.toString();
    }

    /** Arguments as JSON: as they are if they are valid, repaired if they can be, else as a string. */
    private static String arguments(String written) {
        String json = written.isBlank() ? "{}" : written;
        return LenientJson.repair(json).orElseGet(() -> JsonMembers.quote(written));
    }

    /**
     * The result of one call. Nothing in it can pass for its end.
     *
     * @param message one of the conversation's messages, or of an unknown call
     * @param content the tool's output; may be empty
     */
    public String result(Message message, String content) {
        String label = labels.getOrDefault(message, " id=" + JsonMembers.quote(message.callId()));
        String harmless = RESULT_END.matcher(content).replaceAll("[\\\\/");
        return RESULT + label + "]\n" + harmless + "\n" + RESULT_CLOSE;
    }
}
