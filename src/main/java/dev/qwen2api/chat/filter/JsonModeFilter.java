package dev.qwen2api.chat.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerRetry;
import dev.qwen2api.chat.BrokenAnswerException;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import java.util.Optional;

/**
 * Reduces an answer to the one JSON value in it and validates that value at the end. A value that is broken or violates
 * the client's schema is requested again, or fails the answer. An answer cut short by a limit is not validated. Where
 * the schema allows a text or a number, an answer without an object or an array is that one as a whole.
 */
public final class JsonModeFilter implements AnswerListener {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final AnswerRetry retry;
    private final AnswerListener next;
    private final AnswerFormat format;
    private final JsonSchema schema;
    private final JsonValueFinder finder;
    private final StringBuilder value = new StringBuilder();
    /** The words in front of the value, which an answer that goes on with a tool call keeps. */
    private final StringBuilder words = new StringBuilder();

    private boolean rejected;

    public JsonModeFilter(AnswerFormat format, AnswerRetry retry, AnswerListener next) {
        this.format = format;
        this.retry = retry;
        this.next = next;
        this.schema = JsonSchema.of(format);
        this.finder = new JsonValueFinder(schema.allows("object"), schema.allows("array"));
    }

    @Override
    public void on(AnswerEvent event) {
        if (rejected) {
            return;
        }
        if (event instanceof Text text) {
            text(text.text());
            return;
        }
        if (event instanceof ToolCallOpened
                && !finder.isFound()
                && !words.toString().isBlank()) {
            next.on(new Text(words.toString()));
            words.setLength(0);
        }
        if (event instanceof Finished finished) {
            finish(finished);
        }
        if (!rejected) {
            next.on(event);
        }
    }

    private void text(String text) {
        if (!finder.isFound()) {
            words.append(text);
        }
        String piece = finder.read(text);
        if (!piece.isEmpty()) {
            value.append(piece);
            next.on(new Text(piece));
        }
    }

    /** A stop text of the client's may end the value anywhere. */
    private void finish(Finished finished) {
        boolean whole =
                finished.reason() == Finished.Reason.STOP && finished.stop().isEmpty();
        if (finder.isFound() || !schema.allowsScalar()) {
            if (whole) {
                violation().ifPresent(this::reject);
            }
        } else if (!whole && !words.isEmpty()) {
            next.on(new Text(words.toString()));
        } else if (whole) {
            scalar();
        }
    }

    private void scalar() {
        ScalarAnswer answer = ScalarAnswer.of(words.toString(), schema);
        if (answer.violation().isPresent()) {
            reject(answer.violation().get());
        } else {
            next.on(new Text(format.kind() == AnswerFormat.Kind.ENUM ? answer.text() : answer.json()));
        }
    }

    private Optional<String> violation() {
        if (!finder.isFound()) {
            return Optional.of("there is no JSON in it");
        }
        try {
            JsonNode node = JSON.readTree(value.toString());
            return schema.violation(node);
        } catch (JsonProcessingException broken) {
            return Optional.of("the JSON is broken");
        }
    }

    private void reject(String violation) {
        rejected = retry.request("not the required JSON: " + violation);
        if (!rejected) {
            throw new BrokenAnswerException(Failure.of(
                    FailureKind.UNFIT, "the model did not answer with the JSON that is required: " + violation));
        }
    }
}
