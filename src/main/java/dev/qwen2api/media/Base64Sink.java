package dev.qwen2api.media;

import java.util.Arrays;

/**
 * Decodes base64 character by character into a file: either alphabet, padded or not, with white space. After an invalid
 * character it ignores the rest instead of throwing, because the request around it must be read to its end first.
 */
final class Base64Sink {

    private static final byte[] VALUES = values();
    private static final byte BROKEN = -1;
    private static final byte SPACE = -2;
    private static final byte PAD = -3;

    private final SpooledFile target;
    private final byte[] decoded = new byte[6 * 1024];
    private int count;
    private int bits;
    private int digits;
    private int padding;
    private boolean broken;

    Base64Sink(SpooledFile target) {
        this.target = target;
    }

    private static byte[] values() {
        byte[] values = new byte[256];
        Arrays.fill(values, BROKEN);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        values['-'] = 62;
        values['_'] = 63;
        values[' '] = values['\n'] = values['\r'] = values['\t'] = SPACE;
        values['='] = PAD;
        return values;
    }

    /** Decodes one character; any above 255 is invalid. */
    void put(int character) {
        byte value = character > 255 ? BROKEN : VALUES[character];
        if (broken || value == SPACE) {
            return;
        }
        if (value == PAD) {
            padding++;
            broken = padding > 2;
        } else if (value == BROKEN || padding > 0) {
            broken = true;
        } else {
            digit(value);
        }
    }

    private void digit(byte value) {
        bits = bits << 6 | value;
        digits++;
        if (digits == 4) {
            emit(3);
        }
    }

    private void emit(int bytes) {
        for (int i = 0; i < bytes; i++) {
            decoded[count++] = (byte) (bits >> 16 - 8 * i);
        }
        bits = 0;
        digits = 0;
        if (count > decoded.length - 3) {
            flush();
        }
    }

    private void flush() {
        target.write(decoded, 0, count);
        count = 0;
    }

    /** Ends the text; returns whether it was valid. */
    boolean finish() {
        boolean padded = padding == 0 || digits + padding == 4;
        boolean whole = !broken && digits != 1 && padded;
        if (whole && digits > 1) {
            bits <<= 6 * (4 - digits);
            emit(digits - 1);
        }
        if (whole) {
            flush();
        }
        target.finish();
        return whole;
    }
}
