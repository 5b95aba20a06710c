package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Message.ToolCall;
import java.util.List;
import java.util.regex.Pattern;

/** Writes earlier calls and their results back into the text that a model reads, in the form that {@link ToolPrompt} teaches. */
public final class ToolTranscript {

    /** What would end a result early, however it is spelt. */
    private static final Pattern RESULT_END =
            Pattern.compile("\\[\\s*/\\s*(?=tool[ _-]?result)", Pattern.CASE_INSENSITIVE);

    private ToolTranscript() {}

    /** The calls of one assistant's turn, each with the id that its result will bear; empty if there are none. */
    public static String calls(List<ToolCall> calls) {
        StringBuilder text = new StringBuilder();
        for (ToolCall call : calls) {
            text.append(text.length() > 0 ? "\n" : "")
                    .append(CallMarks.OPEN)
                    .append("\n{\"name\": ")
                    .append(JsonMembers.quote(call.name()))
                    .append(", \"arguments\": ")
                    .append(arguments(call.arguments()))
                    .append(", \"id\": ")
                    .append(JsonMembers.quote(call.id()))
                    .append("}\n")
                    .append(CallMarks.CLOSE);
        }
        return text.toString();
    }

    /** Arguments as JSON: as they are if they are sound, mended if they can be, else as a string. */
    private static String arguments(String written) {
        String json = written.isBlank() ? "{}" : written;
        return JsonRepair.mend(json).orElseGet(() -> JsonMembers.quote(written));
    }

    /**
     * The result of one call. Nothing in it can pass for its end.
     *
     * @param callId the id of the call
     * @param content what the tool said; may be empty
     */
    public static String result(String callId, String content) {
        String harmless = RESULT_END.matcher(content).replaceAll("[\\\\/");
        return CallMarks.RESULT + " id=" + JsonMembers.quote(callId) + "]\n" + harmless + "\n" + CallMarks.RESULT_CLOSE;
    }
}
