package dev.qwen2api.openai.responses;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.ToolCall;
import java.util.List;

/**
 * A finished response, kept.
 *
 * @param id its name
 * @param body the whole response object as JSON
 * @param turns everything said up to its end, the instructions excepted
 */
public record HeldResponse(String id, String body, List<Turn> turns) {

    public HeldResponse {
        turns = List.copyOf(turns);
    }

    /** Its size in characters. Words that it shares with earlier responses count again. */
    long weight() {
        return body.length() + turns.stream().mapToLong(HeldResponse::weight).sum();
    }

    private static long weight(Turn turn) {
        return turn.text().length()
                + turn.media().stream().mapToLong(Media::weight).sum()
                + turn.calls().stream()
                        .map(ToolCall::arguments)
                        .mapToLong(String::length)
                        .sum();
    }

    /** Tells nothing of what was said. */
    @Override
    public String toString() {
        return "HeldResponse[" + id + "]";
    }
}
