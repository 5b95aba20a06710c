package dev.qwen2api.chat.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.BrokenAnswerException;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;

/**
 * Keeps an answer to the JSON that was asked for: takes off the Markdown fence that models like to put around it, and
 * refuses at its end what is no JSON object. An answer cut short by a limit is not checked.
 */
public final class JsonModeFilter implements AnswerListener {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String FENCE = "```";

    private final AnswerListener next;
    private final StringBuilder all = new StringBuilder();
    private int sent = -1;

    public JsonModeFilter(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Text text) {
            all.append(text.text());
            if (sent < 0) {
                findBeginning();
            }
            sendUpTo(safeEnd());
            return;
        }
        if (event instanceof Finished finished) {
            finish(finished);
        }
        next.on(event);
    }

    /** Skips white space and an opening fence with its language; waits while it cannot tell yet. */
    private void findBeginning() {
        int at = 0;
        while (at < all.length() && Character.isWhitespace(all.charAt(at))) {
            at++;
        }
        String rest = all.substring(at);
        if (rest.startsWith(FENCE)) {
            int endOfLine = rest.indexOf('\n');
            sent = endOfLine < 0 ? -1 : at + endOfLine + 1;
        } else if (!FENCE.startsWith(rest)) {
            sent = at;
        }
    }

    /** Everything but a tail of white space and back-ticks, which may turn out to be the closing fence. */
    private int safeEnd() {
        int end = all.length();
        while (end > 0 && (Character.isWhitespace(all.charAt(end - 1)) || all.charAt(end - 1) == '`')) {
            end--;
        }
        return end;
    }

    private void sendUpTo(int end) {
        if (sent >= 0 && end > sent) {
            next.on(new Text(all.substring(sent, end)));
            sent = end;
        }
    }

    private void finish(Finished finished) {
        if (finished.reason() != Finished.Reason.STOP) {
            return;
        }
        int from = Math.max(bodyStart(), 0);
        String body = all.substring(from, Math.max(from, safeEnd()));
        try {
            if (!JSON.readTree(body).isContainerNode()) {
                throw unfit();
            }
        } catch (JsonProcessingException notJson) {
            throw unfit();
        }
    }

    private int bodyStart() {
        sent = -1;
        findBeginning();
        return sent;
    }

    private static BrokenAnswerException unfit() {
        return new BrokenAnswerException(
                Failure.of(FailureKind.UNFIT, "the model did not answer with the JSON that response_format asked for"));
    }
}
