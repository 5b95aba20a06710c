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
    /** The beginning of the JSON; negative until it is found. */
    private int begin = -1;

    private int sent;
    /** Where the beginning was looked for without success: no character is looked at twice. */
    private int looked;

    private boolean fenced;
    /** The end of what is neither white space nor a back-tick. */
    private int end;

    public JsonModeFilter(AnswerListener next) {
        this.next = next;
    }

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof Text text) {
            int before = all.length();
            all.append(text.text());
            if (begin < 0) {
                findBeginning();
            }
            findEnd(before);
            send();
            return;
        }
        if (event instanceof Finished finished) {
            finish(finished);
        }
        next.on(event);
    }

    /** Skips white space and an opening fence with its language; waits while it cannot tell yet. */
    private void findBeginning() {
        while (!fenced && looked < all.length() && Character.isWhitespace(all.charAt(looked))) {
            looked++;
        }
        if (!fenced) {
            int known = Math.min(FENCE.length(), all.length() - looked);
            if (!FENCE.startsWith(all.substring(looked, looked + known))) {
                begin = looked;
                sent = looked;
                return;
            }
            fenced = known == FENCE.length();
        }
        while (fenced && begin < 0 && looked < all.length()) {
            if (all.charAt(looked++) == '\n') {
                begin = looked;
                sent = looked;
            }
        }
    }

    /** Leaves out a tail of white space and back-ticks, which may turn out to be the closing fence. */
    private void findEnd(int before) {
        for (int i = all.length(); i > before; i--) {
            if (!Character.isWhitespace(all.charAt(i - 1)) && all.charAt(i - 1) != '`') {
                end = i;
                return;
            }
        }
    }

    private void send() {
        if (begin >= 0 && end > sent) {
            next.on(new Text(all.substring(sent, end)));
            sent = end;
        }
    }

    private void finish(Finished finished) {
        if (finished.reason() != Finished.Reason.STOP) {
            return;
        }
        int from = Math.max(begin, 0);
        String body = all.substring(from, Math.max(from, end));
        try {
            if (!JSON.readTree(body).isContainerNode()) {
                throw unfit();
            }
        } catch (JsonProcessingException notJson) {
            throw unfit();
        }
    }

    private static BrokenAnswerException unfit() {
        return new BrokenAnswerException(
                Failure.of(FailureKind.UNFIT, "the model did not answer with the JSON that response_format asked for"));
    }
}
