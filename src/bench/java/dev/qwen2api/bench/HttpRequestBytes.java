package dev.qwen2api.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of one request, until it is complete. Clients here send one at a time, with a length. */
final class HttpRequestBytes {

    private static final byte[] LENGTH = Frames.ascii("content-length:");

    private byte[] bytes = new byte[4096];
    private int length;
    private int head;
    private int body;

    void add(ByteBuffer in) {
        if (length + in.remaining() > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + in.remaining()));
        }
        int from = Math.max(0, length - 3);
        int more = in.remaining();
        in.get(bytes, length, more);
        length += more;
        for (int i = from; head == 0 && i + 3 < length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                head = i + 4;
                body = announced();
            }
        }
    }

    private int announced() {
        for (int i = 0; i < head - LENGTH.length; i++) {
            if (bytes[i] == '\n' && named(i + 1)) {
                return Integer.parseInt(upToLineEnd(i + 1 + LENGTH.length).strip());
            }
        }
        return 0;
    }

    private boolean named(int at) {
        for (int i = 0; i < LENGTH.length; i++) {
            if (at + i >= head || Character.toLowerCase(bytes[at + i]) != LENGTH[i]) {
                return false;
            }
        }
        return true;
    }

    private String upToLineEnd(int from) {
        int to = from;
        while (bytes[to] != '\r') {
            to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }

    boolean isComplete() {
        return head > 0 && length >= head + body;
    }

    void clear() {
        length = 0;
        head = 0;
        body = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private boolean pathStarts(String path) {
        int at = 0;
        while (bytes[at] != ' ') {
            at++;
        }
        return new String(bytes, at + 1, Math.min(path.length(), length - at - 1), StandardCharsets.US_ASCII)
                .equals(path);
    }

    boolean isNewChat() {
        return pathStarts("/api/v2/chats/new");
    }

    boolean isCompletion() {
        return pathStarts("/api/v2/chat/completions?");
    }

    boolean isModels() {
        return pathStarts("/api/models") || pathStarts("/api/v2/models");
    }
}
