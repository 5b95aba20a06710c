package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final Map<String, String> labels = new HashMap<>();

    /** Numbers the calls of a conversation. */
    public ToolTranscript(List<Message> messages) {
        int number = 0;
        for (Message message : messages) {
            for (ToolCall call : message.calls()) {
                number++;
                labels.put(call.id(), " call=" + number + " name=" + JsonMembers.quote(call.name()));
            }
        }
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
     * @param callId the id of the call
     * @param content the tool's output; may be empty
     */
    public String result(String callId, String content) {
        String label = labels.getOrDefault(callId, " id=" + JsonMembers.quote(callId));
        String harmless = RESULT_END.matcher(content).replaceAll("[\\\\/");
        return RESULT + label + "]\n" + harmless + "\n" + RESULT_CLOSE;
    }
}
