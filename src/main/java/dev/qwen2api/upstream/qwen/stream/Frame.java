package dev.qwen2api.upstream.qwen.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One frame of the upstream's stream, as far as the gateway reads it.
 *
 * @param responseId which response it belongs to; empty where it does not say
 * @param delta what it adds to the answer; null in frames that add nothing
 * @param usage what the answer has cost so far; null where it does not say
 * @param end why the answer ends here; null where the frame does not say that it does
 * @param trouble the whole frame, where it may be an error
 */
public record Frame(
        String responseId,
        @Nullable Delta delta,
        @Nullable Usage usage,
        Finished.@Nullable Reason end,
        @Nullable JsonNode trouble) {

    /** A frame that says nothing. */
    static final Frame NOTHING = new Frame("", null, null, null, null);

    /** Whether it carries a piece of the answer itself. */
    boolean speaks() {
        return delta != null && delta.speaks();
    }

    /** Whether the answer, or a phase of it, ends here. */
    boolean ends() {
        return end != null || delta != null && delta.finished();
    }

    /**
     * An addition to the answer.
     *
     * @param role who speaks: {@code assistant}, or {@code function} for what a tool found
     * @param phase the name of what is being said; empty where the upstream labels nothing
     * @param status {@code finished} at the end of a phase
     * @param content the words
     * @param pictures addresses of pictures that stood among the words
     * @param call a call of a tool by the service's own means, its arguments as far as they are written
     * @param extra everything that has no field of its own
     */
    public record Delta(
            String role,
            String phase,
            String status,
            String content,
            List<String> pictures,
            @Nullable ToolCall call,
            @Nullable JsonNode extra) {

        Phase knownPhase() {
            return Phase.ofWire(phase);
        }

        boolean finished() {
            return status.equals("finished") || status.equals("completed");
        }

        /** Whether the model speaks; a frame that does not say is the model's. */
        boolean byAssistant() {
            return role.isEmpty() || role.equals("assistant");
        }

        boolean speaks() {
            Phase.Use use = knownPhase().use();
            boolean answer = use == Phase.Use.TEXT || use == Phase.Use.UNLABELLED_TEXT || use == Phase.Use.PICTURE;
            return answer && !(content.isEmpty() && pictures.isEmpty());
        }
    }
}
