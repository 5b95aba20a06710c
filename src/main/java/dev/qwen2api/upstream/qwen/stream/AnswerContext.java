package dev.qwen2api.upstream.qwen.stream;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the reader of an answer has to know of its request.
 *
 * @param picture whether a picture was asked for, which then is the whole answer
 * @param attached addresses of the attached files, without their queries: edits echo the source picture (13 row 2, 2026-09)
 */
public record AnswerContext(boolean picture, Set<String> attached) {

    /** An ordinary chat without files. */
    public static final AnswerContext CHAT = new AnswerContext(false, Set.of());

    public AnswerContext {
        attached = Set.copyOf(attached);
    }

    public static AnswerContext of(boolean picture, List<String> files) {
        return new AnswerContext(
                picture, files.stream().map(AnswerContext::bare).collect(Collectors.toSet()));
    }

    boolean isAttached(String url) {
        return attached.contains(bare(url));
    }

    private static String bare(String url) {
        return url.replaceFirst("[?#].*", "");
    }
}
