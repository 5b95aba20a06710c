package dev.qwen2api.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The upstream's frames as bytes, each an HTTP chunk of its own as the real service sends them. Where a frame has words, they
 * begin with {@code @}, {@value #DIGITS} digits of {@link System#nanoTime()}, {@code @}.
 */
final class Frames {

    static final int DIGITS = 19;
    static final int LARGEST = 640;

    private static final String IDS = "\"response_id\": \"6f1d1c1e-52c4-4b7e-9a55-0c2f7c3b7d10\"";
    private static final byte[] BEFORE_STAMP =
            ascii("data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"");
    private static final byte[] AFTER_STAMP = ascii(" and a few words\", \"phase\": \"answer\", \"status\": \"typing\"}}], "
            + IDS + ", \"usage\": {\"input_tokens\": 1312, \"output_tokens\": 256, \"characters\": 0, \"total_tokens\": 1568,"
            + " \"input_tokens_details\": {\"text_tokens\": 1312}, \"output_tokens_details\": {\"text_tokens\": 256}"
            + ", \"prompt_tokens_details\": {\"cached_tokens\": 1024}}}\n\n");

    static final byte[] HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
            + "Cache-Control: no-cache\r\nx-actual-status-code: 200\r\nTransfer-Encoding: chunked\r\n\r\n");
    static final byte[] CREATED = chunk("data: {\"response.created\":{\"chat_id\": \"c-1\", \"parent_id\": \"p-1\", "
            + IDS.replace("\": \"", "\":\"") + ", \"response_index\": \"0\"}} \n\n");
    static final byte[] LAST = ascii(new String(
                    chunk("data: {\"choices\": [{\"delta\": {\"content\": \"\", \"role\": \"assistant\", \"status\":"
                            + " \"finished\", \"phase\": \"answer\"}}], " + IDS + "}\n\n"),
                    StandardCharsets.US_ASCII)
            + "0\r\n\r\n");

    private static final byte[] TEXT_SIZE =
            ascii(Integer.toHexString(BEFORE_STAMP.length + DIGITS + 2 + AFTER_STAMP.length) + "\r\n");

    private Frames() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] chunk(String data) {
        return ascii(Integer.toHexString(data.length()) + "\r\n" + data + "\r\n");
    }

    /** Appends one chunk of words that leaves at {@code now}. */
    static void text(ByteBuffer out, long now) {
        out.put(TEXT_SIZE).put(BEFORE_STAMP).put((byte) '@');
        int at = out.position();
        long left = now;
        for (int i = DIGITS - 1; i >= 0; i--) {
            out.put(at + i, (byte) ('0' + left % 10));
            left /= 10;
        }
        out.position(at + DIGITS);
        out.put((byte) '@').put(AFTER_STAMP).put((byte) '\r').put((byte) '\n');
    }

    /** An answer of JSON, whole. */
    static byte[] json(String body) {
        return ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-actual-status-code: 200\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
    }
}
