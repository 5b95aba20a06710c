package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Conversation.ToolChoice.Mode;
import java.util.List;

/** Tells a model in words which tools there are and how to call them. */
public final class ToolPrompt {

    private static final String FORM = """
            # Tools
            The tools listed below are run by the program that you are talking to, not by you and not by any function of \
            this chat. You call one by writing this plain text into your answer; the program reads it there:
            %s
            {"name": "the tool's name", "arguments": {"a parameter": "its value"}}
            %s
            Rules:
            - One block for each call. For calls that do not depend on each other, write several blocks, one after the other.
            - "arguments" is one valid JSON object that fits the tool's parameters. Inside strings escape quotes, backslashes \
            and line breaks. No code fence, no comment.
            - Words may stand before the first block. Nothing stands behind the last one: end your answer there.
            - The results come in the next turn, each marked with the number of its call, counted from the first of the \
            conversation, and the name of its tool. Never write or guess a result yourself.
            - Use the listed names as they are, and no other tool. Every listed tool exists and works.
            """.formatted(ToolTranscript.OPEN, ToolTranscript.CLOSE);

    private ToolPrompt() {}

    /**
     * The instructions for one answer.
     *
     * @return empty where there is no tool, or none may be called; otherwise text that ends with a line break
     */
    public static String of(List<Tool> tools, ToolChoice choice) {
        if (tools.isEmpty() || choice.mode() == Mode.NONE) {
            return "";
        }
        StringBuilder prompt = new StringBuilder(FORM);
        prompt.append("- ").append(rule(choice)).append("\nThe tools, one a line:\n");
        for (Tool tool : offered(tools, choice)) {
            prompt.append(definition(tool)).append('\n');
        }
        return prompt.toString();
    }

    private static String rule(ToolChoice choice) {
        return switch (choice.mode()) {
            case REQUIRED -> "This answer must call at least one tool.";
            case NAMED -> "This answer must call the tool " + JsonMembers.quote(choice.name()) + ".";
            default -> "Call a tool when it is needed to answer; otherwise answer in words, without any block.";
        };
    }

    /** The one tool that must be called, if it is among them; else all. */
    private static List<Tool> offered(List<Tool> tools, ToolChoice choice) {
        List<Tool> named = choice.mode() == Mode.NAMED
                ? tools.stream()
                        .filter(tool -> tool.name().equals(choice.name()))
                        .toList()
                : List.of();
        return named.isEmpty() ? tools : named;
    }

    private static String definition(Tool tool) {
        String description =
                tool.description().isEmpty() ? "" : ",\"description\":" + JsonMembers.quote(tool.description());
        return "{\"name\":" + JsonMembers.quote(tool.name()) + description + ",\"parameters\":" + tool.parameters()
                + "}";
    }
}
