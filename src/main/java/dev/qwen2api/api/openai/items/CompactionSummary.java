package dev.qwen2api.api.openai.items;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The summary that stands for a conversation after its compaction. Clients keep it as opaque text, which here is the
 * summary in base64 behind a mark.
 */
public final class CompactionSummary {

    /** The instruction that makes the model write a summary. */
    public static final String INSTRUCTION =
            "The conversation above is about to be replaced by a summary. Write that summary now, for an assistant that"
                    + " will go on with the work and see nothing else: the user's goals and constraints, decisions and"
                    + " why, the state of the work with exact names of files, commands, identifiers and values, errors"
                    + " met, and the next steps. Write the summary alone, without a preamble, and call no tool.";

    private static final String MARK = "qwen2api.summary.";
    private static final String LEAD = "Summary of the conversation so far, which replaces it:\n";
    private static final String UNREADABLE =
            "An earlier part of this conversation was compacted by another service and cannot be read here. If it is"
                    + " needed, ask the user for it.";

    private CompactionSummary() {}

    /** The text that a client keeps. */
    public static String encode(String summary) {
        return MARK + Base64.getEncoder().encodeToString(summary.getBytes(StandardCharsets.UTF_8));
    }

    /** The text that the model sees in place of the compacted conversation. */
    public static String forModel(String encoded) {
        return decode(encoded).map(summary -> LEAD + summary).orElse(UNREADABLE);
    }

    private static Optional<String> decode(String encoded) {
        if (!encoded.startsWith(MARK)) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(encoded.substring(MARK.length()));
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException broken) {
            return Optional.empty();
        }
    }
}
