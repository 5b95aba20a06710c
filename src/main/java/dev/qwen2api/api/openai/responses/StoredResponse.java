package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import java.util.List;

/**
 * A finished response in the cache.
 *
 * @param id its name
 * @param body the whole response object as JSON
 * @param messages the conversation up to its end, without the instructions
 */
public record StoredResponse(String id, String body, List<Message> messages) {

    public StoredResponse {
        messages = List.copyOf(messages);
    }

    /** What a message, a part or a call takes beside its text, in characters: empty ones take memory too. */
    private static final int EACH = 64;

    /** Its size in characters. Messages that it shares with earlier responses count again. */
    long weight() {
        return body.length()
                + messages.stream().mapToLong(StoredResponse::weight).sum();
    }

    private static long weight(Message message) {
        return EACH * (1L + message.parts().size())
                + message.text().length()
                + Media.in(message).stream().mapToLong(Media::weight).sum()
                + message.calls().stream()
                        .mapToLong(call -> EACH
                                + call.id().length()
                                + call.name().length()
                                + call.arguments().length())
                        .sum();
    }

    /** Leaves the conversation out of logs. */
    @Override
    public String toString() {
        return "StoredResponse[" + id + "]";
    }
}
