package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.fuzz.Pieces;
import dev.qwen2api.fuzz.Story;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What OpenAI-compatible services answer, and what they are sent. */
public final class CompatibleFuzz {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);

    private CompatibleFuzz() {}

    /** A stream of chunks; the same bytes as the body of an error. */
    public static void chunks(byte[] input) {
        Story.same(read(List.of(ByteBuffer.wrap(input).asReadOnlyBuffer())), read(Pieces.cut(input)));
        for (int status : new int[] {200, 400, 429, 500}) {
            CompatibleErrorParser.parse(
                    new Reply(status, Optional.empty(), Optional.of("17"), input), "sk-secret", CLOCK);
        }
    }

    private static Story read(List<ByteBuffer> pieces) {
        var story = new Story();
        var reader = new CompatibleAnswerReader();
        try {
            for (ByteBuffer piece : pieces) {
                reader.feed(piece, story);
            }
            reader.end(story);
            return story;
        } catch (UpstreamException failed) {
            return story.end(failed.failure().toString());
        }
    }

    /** A request that was accepted is written as valid JSON. Its attachments are not resolved here. */
    public static void request(Conversation conversation) throws JsonProcessingException {
        if (conversation.turns().stream().allMatch(turn -> Media.in(turn).isEmpty())) {
            JSON.readTree(CompatibleRequestWriter.body(new ResolvedConversation(
                            conversation, "qwen3-coder", ChatType.TEXT, false, OptionalInt.empty(), Optional.empty()))
                    .toString());
        }
    }
}
