package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Step.Frame;
import dev.qwen2api.fakeqwen.Step.Kind;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The exact text of the frames of one answer: Python's spacing, the key order of the captures, and the blank that
 * follows {@code response.created}.
 *
 * @param chatId the chat
 * @param parentId the id the service gave the user's message
 * @param responseId the id of the answer
 * @param seconds the time stamp of the frames
 */
record Frames(String chatId, String parentId, String responseId, long seconds) {
    private static final String CHOICE = "data: {\"choices\": [{\"delta\": {";
    private static final String ASSISTANT = CHOICE + "\"role\": \"assistant\", \"content\": ";

    Frame created() {
        return frame(
                Kind.CREATED,
                "data: {\"response.created\":{\"chat_id\": \"" + chatId + "\", \"parent_id\": \"" + parentId
                        + "\", \"response_id\":\"" + responseId + "\", \"response_index\": \"0\"}} ");
    }

    Frame keepAlive() {
        return frame(
                Kind.KEEP_ALIVE,
                "data: {\"response.info\": {\"action\": \"keep_alive\", \"chat_id\": \"" + chatId
                        + "\", \"response_id\": \"" + responseId + "\", \"timestamp\": " + seconds + "}}");
    }

    /** The summary so far: both lists grow from frame to frame. */
    Frame summary(List<Answer.Thought> soFar, String usage) {
        String titles = list(soFar.stream().map(Answer.Thought::title).toList());
        String thoughts = list(soFar.stream().map(Answer.Thought::thought).toList());
        String extra = "\"phase\": \"thinking_summary\", \"extra\": {\"summary_title\": {\"content\": " + titles
                + "}, \"summary_thought\": {\"content\": " + thoughts + "}}, \"status\": \"typing\"";
        return frame(Kind.THINKING, ASSISTANT + "\"\", " + extra + tail(usage));
    }

    Frame think(String text, String usage) {
        return frame(Kind.THINKING, ASSISTANT + Json.quoted(text) + typing("think") + tail(usage));
    }

    Frame thinkingFinished(String phase) {
        return frame(
                Kind.THINKING, ASSISTANT + "\"\", \"phase\": \"" + phase + "\", \"status\": \"finished\"" + tail(""));
    }

    /** A call of one of the service's own tools; the arguments are cumulative. */
    Frame toolCall(String tool, String argumentsSoFar, String functionId, String usage) {
        String call = ", \"function_call\": {\"name\": \"" + tool + "\", \"arguments\": " + Json.quoted(argumentsSoFar)
                + "}, \"function_id\": \"" + functionId + "\", \"extra\": {\"display_position\": \"think\"}";
        return frame(Kind.TOOL, ASSISTANT + "\"\"" + typing(tool) + call + tail(usage));
    }

    Frame toolResult(String tool, List<Answer.Doc> docs) {
        String found = docs.stream().map(Frames::doc).collect(Collectors.joining(", "));
        String result = "\"phase\": \"" + tool + "\", \"name\": \"" + tool
                + "\", \"status\": \"finished\", \"extra\": {\"tool_result\": {\"docs\": [" + found + "]}}";
        return frame(Kind.TOOL, CHOICE + "\"role\": \"function\", \"content\": \"\", " + result + tail(""));
    }

    /** The older form of a search result: a cumulative list without a result frame. */
    Frame searchInfo(List<Answer.Doc> soFar, String usage) {
        String found = soFar.stream().map(Frames::info).collect(Collectors.joining(", "));
        String extra = ", \"extra\": {\"web_search_info\": [" + found + "]}";
        return frame(Kind.TOOL, ASSISTANT + "\"\"" + typing("web_search") + extra + tail(usage));
    }

    Frame text(String text, String usage) {
        return frame(
                text.isEmpty() ? Kind.EMPTY : Kind.TEXT,
                ASSISTANT + Json.quoted(text) + typing("answer") + tail(usage));
    }

    /** Answer text as it comes to a request without {@code output_schema}. */
    Frame bare(String text, String usage) {
        return frame(Kind.TEXT, ASSISTANT + Json.quoted(text) + tail(usage));
    }

    Frame picture(Answer.Part.Picture picture) {
        int width = picture.width();
        int height = picture.height();
        String extra = ", \"phase\": \"image_gen\", \"extra\": {\"output_image_hw\": [[" + height + ", " + width
                + "]]}, \"status\": \"typing\"";
        String usage = "{\"input_tokens\": 0, \"output_tokens\": 0, \"characters\": 0, \"width\": " + width
                + ", \"image_count\": 1, \"height\": " + height + "}";
        return frame(Kind.TEXT, ASSISTANT + Json.quoted(picture.url()) + extra + tail(usage));
    }

    Frame last(String phase) {
        return frame(
                Kind.LAST,
                CHOICE + "\"content\": \"\", \"role\": \"assistant\", \"status\": \"finished\", \"phase\": \"" + phase
                        + "\"}}], \"response_id\": \"" + responseId + "\"}");
    }

    /** The same answer under another response id. */
    Frames withResponseId(String other) {
        return new Frames(chatId, parentId, other, seconds);
    }

    /** An error object with a code, its text under the given key. */
    static Frame error(String code, String key, String text) {
        return frame(
                Kind.ERROR,
                "data: {\"error\": {\"code\": \"" + code + "\", \"" + key + "\": " + Json.quoted(text) + "}}");
    }

    /** An error that is only a text. */
    static Frame errorText(String text) {
        return frame(Kind.ERROR, "data: {\"error\": " + Json.quoted(text) + "}");
    }

    /** The error envelope of ordinary replies as a frame; the hours of waiting are JSON text. */
    static Frame errorEnvelope(String code, String details, String hours) {
        return frame(
                Kind.ERROR,
                "data: {\"success\": false, \"request_id\": \"" + Ids.uuid() + "\", \"data\": {\"code\": \"" + code
                        + "\", \"details\": " + Json.quoted(details) + ", \"num\": " + hours + "}}");
    }

    private String tail(String usage) {
        String count = usage.isEmpty() ? "" : ", \"usage\": " + usage;
        return "}}], \"response_id\": \"" + responseId + "\"" + count + ", \"timestamp\": " + seconds + "}";
    }

    private static String typing(String phase) {
        return ", \"phase\": \"" + phase + "\", \"status\": \"typing\"";
    }

    private static String list(List<String> texts) {
        return texts.stream().map(Json::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String doc(Answer.Doc doc) {
        return "{\"url\": " + Json.quoted(doc.url()) + ", \"title\": " + Json.quoted(doc.title()) + ", \"snippet\": "
                + Json.quoted(doc.snippet()) + ", \"date\": \"2026-06-09\", \"hostname\": "
                + Json.quoted(doc.hostname()) + "}";
    }

    private static String info(Answer.Doc doc) {
        return "{\"url\": " + Json.quoted(doc.url()) + ", \"title\": " + Json.quoted(doc.title()) + ", \"snippet\": "
                + Json.quoted(doc.snippet()) + ", \"hostname\": " + Json.quoted(doc.hostname())
                + ", \"hostlogo\": \"\", \"date\": \" (2026-06-09)\"}";
    }

    private static Frame frame(Kind kind, String line) {
        return Frame.of(kind, line + "\n\n");
    }
}
