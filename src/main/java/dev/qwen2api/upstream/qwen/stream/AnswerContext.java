package dev.qwen2api.upstream.qwen.stream;

import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the reader of an answer has to know of its request.
 *
 * @param picture whether a picture was asked for, which then is the whole answer
 * @param attached addresses of the attached files, without their queries: edits echo the source picture (13 row 2,
 *     2026-09)
 * @param tools tools of the client that the model may call
 */
public record AnswerContext(boolean picture, Set<String> attached, List<Tool> tools) {

    /** An ordinary chat without files. */
    public static final AnswerContext CHAT = new AnswerContext(false, Set.of(), List.of());

    public AnswerContext {
        attached = Set.copyOf(attached);
        tools = List.copyOf(tools);
    }

    public static AnswerContext of(boolean picture, List<String> files, Conversation conversation) {
        boolean calls = conversation.toolChoice().mode() != Conversation.ToolChoice.Mode.NONE;
        return new AnswerContext(
                picture,
                files.stream().map(AnswerContext::bare).collect(Collectors.toSet()),
                calls ? conversation.tools() : List.of());
    }

    /** Whether the address is that of a file that the client sent. */
    public boolean isAttached(String url) {
        return attached.contains(bare(url));
    }

    private static String bare(String url) {
        return url.replaceFirst("[?#].*", "");
    }
}
