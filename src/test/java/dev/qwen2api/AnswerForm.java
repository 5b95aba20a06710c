package dev.qwen2api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.fakeqwen.Answer;

/** Forms in which the model answers, each with what the client asks for with it. */
enum AnswerForm {
    WORDS(true, " Well: %1$d STOP, and so on."),
    CALL(true, "I look.\n" + call("Bash", "ls %1$d")),
    CALL_ALONE(true, call("Read", "a %1$d")),
    TWO_CALLS(true, "Both.\n" + call("Bash", "ls %1$d") + "\n" + call("Read", "b %1$d")),
    NOT_OFFERED(true, call("fly", "%1$d")),
    JSON(true, "{\"a\": %1$d}"),

    STOPPED(false, "Well: %1$d STOP, and so on."),
    LIMITED(false, "Well: %1$d " + "and so on ".repeat(30)),
    LIMITED_IN_CALL(false, "I look.\n" + call("Bash", "ls %1$d " + "and so on ".repeat(30))),
    HERMES(
            false,
            "I look.\n<tool_call>\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"ls %1$d\"}}\n</tool_call>"),
    CODER(false, "<tool_call>\n<function=Bash>\n<parameter=command>\nls %1$d\n</parameter>\n</function>\n</tool_call>"),
    REPAIRED(false, "[tool_call]\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"ls %1$d\",}}\n[/tool_call]"),
    UNESCAPED(false, call("Bash", "dir C:\\Users\\me\\%1$d.txt")),
    OTHER_SPELLING(false, call("bash", "ls %1$d")),
    IN_FENCE(false, "```json\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"ls %1$d\"}}\n```"),
    NOT_CLOSED(false, "[tool_call]\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"ls %1$d\"}}"),
    PLAYED(false, call("Bash", "ls %1$d") + "\n[tool_result call=9 name=\"Bash\"]\nplayed\n[/tool_result]\nDone."),
    STRAY(false, "Done %1$d.\n</tool_call>"),
    ONE_OF_TWO(false, call("Bash", "ls %1$d") + "\n" + call("Read", "b %1$d")),
    JSON_AMID_WORDS(false, "Here it is:\n```json\n{\"a\": %1$d}\n```\nAnything else?"),
    NATIVE(false, ""),
    THOUGHT(false, call("Bash", "ls %1$d"));

    private static final String FRAME = "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"\","
            + " \"phase\": \"tool_call\", \"status\": \"typing\", \"function_call\": {\"name\": \"Bash\","
            + " \"arguments\": \"{\\\"command\\\": \\\"ls %d\\\"}\"}, \"function_id\": \"call_1\"}}]}\n\n";

    private final boolean verbatim;
    private final String text;

    AnswerForm(boolean verbatim, String text) {
        this.verbatim = verbatim;
        this.text = text;
    }

    private static String call(String name, String command) {
        return "[tool_call]\n{\"name\": \"" + name + "\", \"arguments\": {\"command\": \"" + command
                + "\"}}\n[/tool_call]";
    }

    /** Whether the client gets the answer as the service has it. */
    boolean isVerbatim() {
        return verbatim;
    }

    /** Whether the form is a call of a tool. */
    boolean needsTools() {
        return switch (this) {
            case WORDS, JSON, STOPPED, LIMITED, STRAY, JSON_AMID_WORDS -> false;
            default -> true;
        };
    }

    Answer answer(int number) {
        String words = text.formatted(number);
        return switch (this) {
            case NATIVE -> Answer.empty().raw(FRAME.formatted(number));
            case THOUGHT -> Answer.empty().think(words);
            default -> Answer.text(words);
        };
    }

    /** Puts into a request what the form needs. */
    void ask(ObjectNode body) {
        switch (this) {
            case STOPPED -> body.put("stop", "STOP");
            case LIMITED, LIMITED_IN_CALL -> body.put("max_tokens", 12);
            case ONE_OF_TWO -> body.put("parallel_tool_calls", false);
            case JSON, JSON_AMID_WORDS -> body.putObject("response_format").put("type", "json_object");
            case THOUGHT -> body.put("model", "qwen-max-thinking");
            default -> {}
        }
    }
}
