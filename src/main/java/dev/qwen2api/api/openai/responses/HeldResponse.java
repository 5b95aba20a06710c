package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.ToolCall;
import java.util.List;

/**
 * A finished response, kept.
 *
 * @param id its name
 * @param body the whole response object as JSON
 * @param turns everything said up to its end, the instructions excepted
 */
public record HeldResponse(String id, String body, List<Message> turns) {

    public HeldResponse {
        turns = List.copyOf(turns);
    }

    /** Its size in characters. Words that it shares with earlier responses count again. */
    long weight() {
        return body.length() + turns.stream().mapToLong(HeldResponse::weight).sum();
    }

    private static long weight(Message message) {
        return message.text().length()
                + Media.in(message).stream().mapToLong(Media::weight).sum()
                + message.calls().stream()
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
