package dev.qwen2api.api.openai.responses;

import dev.qwen2api.api.json.AnswerAccumulator;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.AnswerAccumulator.Rules;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.BodyPrinter;
import java.nio.charset.StandardCharsets;

/** Prints a summary as the body of {@code POST /v1/responses/compact}. Used by one thread. */
final class CompactionPrinter implements BodyPrinter {

    private static final AnswerEvent.Usage UNKNOWN = new AnswerEvent.Usage(0, 0, 0, 0);

    private final Response response;
    private final AnswerAccumulator answer = AnswerAccumulator.whole(Rules.INTERLEAVED);

    CompactionPrinter(Response response) {
        this.response = response;
    }

    @Override
    public void on(AnswerEvent event) {
        event.accept(answer);
    }

    @Override
    public byte[] body() {
        String item = CompactionItem.json(
                        ItemIds.item(ItemIds.COMPACTION, response.id(), 0), answer.text(ItemType.TEXT))
                .toString();
        String body = "{\"id\":\"" + response.id() + "\",\"object\":\"response.compaction\",\"created_at\":"
                + response.created().getEpochSecond() + ",\"output\":[" + item + "]"
                + Response.usage(answer.usage().orElse(UNKNOWN)) + "}";
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
