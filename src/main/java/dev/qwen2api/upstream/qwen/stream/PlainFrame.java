package dev.qwen2api.upstream.qwen.stream;

import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.upstream.qwen.stream.Frame.Delta;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one kind of frame of which a long answer consists, straight from its bytes: one choice with words in it, the id of
 * the response, and counts. At anything else, a name that it does not know included, it gives up, and {@link FrameParser} reads the
 * frame; where both can read one, they read the same. Used by one thread.
 */
public final class PlainFrame {

    private static final int MOST_DIGITS = 9;

    private final JsonCursor json;
    private String role = "";
    private String phase = "";
    private String status = "";
    private String content = "";
    private String responseId = "";
    private boolean spoken;
    private boolean counted;
    private int input;
    private int output;
    private int reasoning;
    private int cached;

    private PlainFrame(JsonCursor json) {
        this.json = json;
    }

    /** The frame; null where this class does not suffice. */
    static @Nullable public Frame parse(byte[] bytes, int offset, int length) {
        var frame = new PlainFrame(new JsonCursor(bytes, offset, length));
        return frame.object(Level.FRAME) && frame.json.isAtEnd() && frame.spoken ? frame.result() : null;
    }

    private Frame result() {
        return new Frame(
                responseId,
                new Delta(role, phase, status, content, null),
                counted ? new Usage(input, output, reasoning, cached) : null,
                null);
    }

    private enum Level {
        FRAME,
        CHOICE,
        DELTA,
        USAGE,
        OUTPUT_DETAILS,
        INPUT_DETAILS
    }

    private boolean object(Level level) {
        if (!json.eat('{')) {
            return false;
        }
        if (json.eat('}')) {
            return true;
        }
        do {
            if (!json.name() || !member(level)) {
                return false;
            }
        } while (json.eat(','));
        return json.eat('}');
    }

    private boolean member(Level level) {
        return switch (level) {
            case FRAME -> frame();
            case CHOICE -> json.named(Names.DELTA) && !spoken && (spoken = object(Level.DELTA));
            case DELTA -> delta();
            case USAGE -> usage();
            case OUTPUT_DETAILS -> detail(Names.REASONING_TOKENS);
            case INPUT_DETAILS -> detail(Names.CACHED_TOKENS);
        };
    }

    private boolean frame() {
        if (json.named(Names.CHOICES)) {
            return json.eat('[') && object(Level.CHOICE) && json.eat(']');
        }
        if (json.named(Names.USAGE)) {
            return !counted && object(Level.USAGE);
        }
        String text = json.named(Names.RESPONSE_ID) ? json.text() : null;
        responseId = text == null ? "" : text;
        return text != null;
    }

    private boolean delta() {
        if (json.named(Names.CONTENT)) {
            String text = json.text();
            content = text == null ? "" : text;
            return text != null;
        }
        if (json.named(Names.ROLE)) {
            String text = json.text();
            role = text == null ? "" : text;
            return text != null;
        }
        if (json.named(Names.PHASE)) {
            String text = json.text();
            phase = text == null ? "" : text;
            return text != null;
        }
        String text = json.named(Names.STATUS) ? json.text() : null;
        status = text == null ? "" : text;
        return text != null;
    }

    private boolean usage() {
        if (json.named(Names.INPUT_TOKENS) || json.named(Names.PROMPT_TOKENS)) {
            input = json.count(MOST_DIGITS);
            counted = true;
            return input >= 0;
        }
        if (json.named(Names.OUTPUT_TOKENS) || json.named(Names.COMPLETION_TOKENS)) {
            output = json.count(MOST_DIGITS);
            counted = true;
            return output >= 0;
        }
        if (json.named(Names.OUTPUT_DETAILS) || json.named(Names.COMPLETION_DETAILS)) {
            reasoning = 0;
            return object(Level.OUTPUT_DETAILS);
        }
        if (json.named(Names.INPUT_DETAILS) || json.named(Names.PROMPT_DETAILS)) {
            return object(Level.INPUT_DETAILS);
        }
        return json.count(MOST_DIGITS) >= 0;
    }

    private boolean detail(byte[] wanted) {
        boolean here = json.named(wanted);
        int count = json.count(MOST_DIGITS);
        if (here && wanted == Names.CACHED_TOKENS) {
            cached = Math.max(cached, count);
        } else if (here) {
            reasoning = count;
        }
        return count >= 0;
    }

    /** The names that are known, as they stand in a frame. */
    private static final class Names {
        static final byte[] CHOICES = ascii("choices");
        static final byte[] DELTA = ascii("delta");
        static final byte[] ROLE = ascii("role");
        static final byte[] CONTENT = ascii("content");
        static final byte[] PHASE = ascii("phase");
        static final byte[] STATUS = ascii("status");
        static final byte[] RESPONSE_ID = ascii("response_id");
        static final byte[] USAGE = ascii("usage");
        static final byte[] INPUT_TOKENS = ascii("input_tokens");
        static final byte[] PROMPT_TOKENS = ascii("prompt_tokens");
        static final byte[] OUTPUT_TOKENS = ascii("output_tokens");
        static final byte[] COMPLETION_TOKENS = ascii("completion_tokens");
        static final byte[] INPUT_DETAILS = ascii("input_tokens_details");
        static final byte[] PROMPT_DETAILS = ascii("prompt_tokens_details");
        static final byte[] OUTPUT_DETAILS = ascii("output_tokens_details");
        static final byte[] COMPLETION_DETAILS = ascii("completion_tokens_details");
        static final byte[] REASONING_TOKENS = ascii("reasoning_tokens");
        static final byte[] CACHED_TOKENS = ascii("cached_tokens");

        private static byte[] ascii(String name) {
            return name.getBytes(StandardCharsets.US_ASCII);
        }
    }
}
