package dev.qwen2api.bench;

import java.nio.charset.StandardCharsets;

/**
 * What an answer looks like: so many chunks, the first at once and each further one {@code gapMillis} later; without a gap all
 * leave in one write.
 */
record Shape(int chunks, int gapMillis) {

    private static final byte[] MARK = "bench:".getBytes(StandardCharsets.US_ASCII);

    /** The prompt that asks for it. */
    String marker() {
        return "bench:" + chunks + ":" + gapMillis + ":";
    }

    /** The body of a chat request in OpenAI's dialect. */
    String request() {
        return "{\"model\":\"qwen-max\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + marker()
                + " Tell me something that takes a while, please.\"}]}";
    }

    /** Finds the marker in the first {@code length} bytes; null where there is none. */
    static Shape in(byte[] bytes, int length) {
        for (int at = 0; at < length - MARK.length; at++) {
            if (matches(bytes, at)) {
                int[] cursor = {at + MARK.length};
                return new Shape(number(bytes, cursor), number(bytes, cursor));
            }
        }
        return null;
    }

    private static boolean matches(byte[] bytes, int at) {
        for (int i = 0; i < MARK.length; i++) {
            if (bytes[at + i] != MARK[i]) {
                return false;
            }
        }
        return true;
    }

    private static int number(byte[] bytes, int[] cursor) {
        int value = 0;
        for (; bytes[cursor[0]] != ':'; cursor[0]++) {
            value = value * 10 + bytes[cursor[0]] - '0';
        }
        cursor[0]++;
        return value;
    }
}
