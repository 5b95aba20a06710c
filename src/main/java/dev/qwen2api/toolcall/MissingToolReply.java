package dev.qwen2api.toolcall;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the service answers to a call of a tool that only the client has: {@code Tool Bash does not exists.}, in a frame
 * of its own or at the beginning of the answer (13 row 24: RF #165, OR #7094, 2026-07 to 2026-09).
 */
public final class MissingToolReply {

    /** How every such reply begins. */
    static final String BEGINNING = "Tool ";

    /** No reply is longer. */
    static final int LONGEST = 160;

    private static final Pattern REPLY = Pattern.compile(BEGINNING + "(\\S{1,128}) does not exists?\\.");

    private MissingToolReply() {}

    /** Returns the name of the tool where the text begins with such a reply; else empty. */
    public static Optional<String> tool(CharSequence text) {
        Matcher reply = REPLY.matcher(text);
        return reply.lookingAt() ? Optional.of(reply.group(1)) : Optional.empty();
    }
}
