package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The writing side of one connection: gathers bytes and hands them to the socket in one call at each flush. */
final class Outlet {
    private static final int FLUSH_AT = 1 << 15;
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final OutputStream out;
    private byte[] buffer = new byte[1 << 12];
    private int size;

    Outlet(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    void raw(byte[] bytes) throws IOException {
        append(bytes, 0, bytes.length);
    }

    void chunk(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return;
        }
        raw((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        append(bytes, from, length);
        append("\r\n".getBytes(StandardCharsets.US_ASCII), 0, 2);
        if (size >= FLUSH_AT) {
            flush();
        }
    }

    void endOfBody() throws IOException {
        raw(LAST_CHUNK);
    }

    void flush() throws IOException {
        if (size == 0) {
            return;
        }
        try {
            out.write(buffer, 0, size);
        } catch (IOException failed) {
            throw new ClientGone("writing failed: " + failed.getMessage());
        }
        size = 0;
    }

    /** Sends what is gathered and closes without a proper end of the body. */
    void drop() throws IOException {
        flush();
        socket.close();
        throw new ConnectionCut("dropped");
    }

    /** Sends what is gathered and resets the connection, so that the peer sees an error and not an end. */
    void reset() throws IOException {
        flush();
        socket.setSoLinger(true, 0);
        socket.close();
        throw new ConnectionCut("reset");
    }

    private void append(byte[] bytes, int from, int length) {
        if (size + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + length));
        }
        System.arraycopy(bytes, from, buffer, size, length);
        size += length;
    }
}
