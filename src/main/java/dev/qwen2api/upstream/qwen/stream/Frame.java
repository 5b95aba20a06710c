package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent.Usage;
import org.jspecify.annotations.Nullable;

/**
 * One frame of the upstream's stream, as far as it concerns us.
 *
 * @param responseId which response it belongs to; empty where it does not say
 * @param delta what it adds to the answer; null in frames that add nothing
 * @param usage what the answer has cost so far; null where it does not say
 * @param trouble the whole frame, where it may be an error
 */
public record Frame(
        String responseId,
        @Nullable Delta delta,
        @Nullable Usage usage,
        @Nullable JsonNode trouble) {

    /** A line that concerns nobody. */
    static final Frame NOTHING = new Frame("", null, null, null);

    /**
     * An addition to the answer.
     *
     * @param role who speaks: {@code assistant}, or {@code function} for what a tool found
     * @param phase what is being said; empty where the upstream labels nothing
     * @param status {@code finished} at the end of a phase
     * @param content the words
     * @param extra everything that has no field of its own
     */
    record Delta(
            String role,
            String phase,
            String status,
            String content,
            @Nullable JsonNode extra) {

        boolean finished() {
            return status.equals("finished");
        }

        /** Whether the model speaks; a frame that does not say is the model's. */
        boolean byAssistant() {
            return role.isEmpty() || role.equals("assistant");
        }
    }
}
