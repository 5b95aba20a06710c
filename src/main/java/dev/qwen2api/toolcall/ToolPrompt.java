package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Conversation.ToolChoice.Mode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the instructions for calling tools. The rules and the {@link #signatures} are short enough to stand in every
 * message; the {@link #schemas} may stand in a document, which is the same for the same tools.
 */
public final class ToolPrompt {

    private static final String FORM = """
            # Tools
            The tools listed below are run by the program that you are talking to, not by you and not by any \
            function of this chat. You call one by writing this plain text into your answer; the program reads it there:
            %s
            {"name": "the tool's name", "arguments": {"a parameter": "its value"}}
            %s
            Rules:
            - One block for each call. For calls that do not depend on each other, write several blocks, one after \
            the other.
            - "arguments" is one valid JSON object that fits the tool's parameters. Inside strings escape quotes, \
            backslashes and line breaks. No code fence, no comment.
            - Words may stand before the first block. Nothing stands behind the last one: end your answer there.
            - The results come in the next turn, each marked with the number of its call, counted from the first of \
            the conversation, and the name of its tool. Never write or guess a result yourself.
            - Use the listed names as they are, and no other tool. Every listed tool exists and works.
            """.formatted(ToolTranscript.OPEN, ToolTranscript.CLOSE);

    private ToolPrompt() {}

    /**
     * The instructions for one answer with the full schemas of the tools.
     *
     * @return empty where there is no tool, or none may be called; otherwise text that ends with a line break
     */
    public static String of(List<Tool> tools, ToolChoice choice) {
        if (tools.isEmpty() || choice.mode() == Mode.NONE) {
            return "";
        }
        return rules(choice) + "The tools, one a line:\n" + schemas(offered(tools, choice));
    }

    /** The form of a call and the rules for it; ends with a line break. */
    public static String rules(ToolChoice choice) {
        return FORM + "- " + rule(choice) + "\n";
    }

    /** The typed signature and a short description of each tool, one a line; the mark {@code ?} means optional. */
    public static String signatures(List<Tool> tools) {
        return lines(tools.stream().map(ToolSchema::signature).toList());
    }

    /** The name, description and JSON schema of each tool, one a line. */
    public static String schemas(List<Tool> tools) {
        return lines(tools.stream().map(ToolSchema::definition).toList());
    }

    /** The tools that may be called: the one that must be, if it is among them, else all. */
    public static List<Tool> offered(List<Tool> tools, ToolChoice choice) {
        List<Tool> named = choice.mode() == Mode.NAMED
                ? tools.stream()
                        .filter(tool -> tool.name().equals(choice.name()))
                        .toList()
                : List.of();
        return named.isEmpty() ? tools : named;
    }

    private static String lines(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String rule(ToolChoice choice) {
        return switch (choice.mode()) {
            case REQUIRED -> "This answer must call at least one tool.";
            case NAMED -> "This answer must call the tool " + JsonMembers.quote(choice.name()) + ".";
            default -> "Call a tool when it is needed to answer; otherwise answer in words, without any block.";
        };
    }
}
