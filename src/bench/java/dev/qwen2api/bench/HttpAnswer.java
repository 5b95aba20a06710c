package dev.qwen2api.bench;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/** Reads one answer as it comes, byte by byte: its status, the stamps in its chunked body, and its end. */
final class HttpAnswer {

    private final LongConsumer stamps;
    private State state = State.HEAD;
    private int status;
    private int position;
    private int lineEnds;
    private long size;
    private boolean sized;
    private int digits = -1;
    private long stamp;

    private enum State {
        HEAD,
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        COMPLETE
    }

    HttpAnswer(LongConsumer stamps) {
        this.stamps = stamps;
    }

    void begin() {
        state = State.HEAD;
        status = 0;
        position = 0;
        lineEnds = 0;
        digits = -1;
    }

    int status() {
        return status;
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    void take(ByteBuffer in) {
        while (in.hasRemaining() && state != State.COMPLETE) {
            take(in.get());
        }
    }

    private void take(byte b) {
        switch (state) {
            case HEAD -> head(b);
            case SIZE -> size(b);
            case DATA -> data(b);
            case DATA_END -> {
                if (b == '\n') {
                    beginSize();
                }
            }
            case TRAILER -> trailer(b);
            case COMPLETE -> throw new IllegalStateException();
        }
    }

    private void head(byte b) {
        if (position >= 9 && position < 12) {
            status = status * 10 + b - '0';
        }
        position++;
        lineEnds = b == '\n' ? lineEnds + 1 : b == '\r' ? lineEnds : 0;
        if (lineEnds == 2) {
            if (status == 200) {
                beginSize();
            } else {
                state = State.COMPLETE;
            }
        }
    }

    private void beginSize() {
        state = State.SIZE;
        size = 0;
        sized = false;
    }

    private void size(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            size = size * 16 + digit;
            sized = true;
        } else if (b == '\n' && sized) {
            state = size == 0 ? State.TRAILER : State.DATA;
            lineEnds = 1;
        }
    }

    private void trailer(byte b) {
        lineEnds = b == '\n' ? lineEnds + 1 : lineEnds;
        if (lineEnds == 2) {
            state = State.COMPLETE;
        }
    }

    private void data(byte b) {
        if (b == '@') {
            if (digits == Frames.DIGITS) {
                stamps.accept(stamp);
                digits = -1;
            } else {
                digits = 0;
                stamp = 0;
            }
        } else if (digits >= 0) {
            boolean digit = b >= '0' && b <= '9' && digits < Frames.DIGITS;
            stamp = stamp * 10 + b - '0';
            digits = digit ? digits + 1 : -1;
        }
        if (--size == 0) {
            state = State.DATA_END;
        }
    }
}
