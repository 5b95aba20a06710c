package dev.qwen2api.fakeqwen;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The reading side of one connection. Waiting between two writes is done here too, because only a read notices a close.
 */
final class ConnectionInput {
    private static final int LINE_LIMIT = 1 << 16;

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 14];
    private int position;
    private int limit;

    ConnectionInput(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    /** The next line without its end; empty at the end of the stream. */
    Optional<String> line() throws IOException {
        StringBuilder line = new StringBuilder(80);
        while (true) {
            int b = read();
            if (b < 0) {
                return Optional.empty();
            }
            if (b == '\n') {
                return Optional.of(line.toString());
            }
            if (b != '\r') {
                line.append((char) b);
            }
            if (line.length() > LINE_LIMIT) {
                throw new IOException("header line too long");
            }
        }
    }

    byte[] exactly(int length) throws IOException {
        byte[] out = new byte[length];
        int done = Math.min(length, limit - position);
        System.arraycopy(buffer, position, out, 0, done);
        position += done;
        while (done < length) {
            int n = in.read(out, done, length - done);
            if (n < 0) {
                throw new EOFException("body ended after " + done + " of " + length + " bytes");
            }
            done += n;
        }
        return out;
    }

    /** A body in chunked transfer coding, trailers dropped. */
    byte[] chunked(int most) throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            String size = line().orElseThrow(EOFException::new);
            int length = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            if (length == 0) {
                skipTrailers();
                return body.toByteArray();
            }
            if (body.size() + length > most) {
                throw new IOException("body too large");
            }
            body.writeBytes(exactly(length));
            line();
        }
    }

    private void skipTrailers() throws IOException {
        String trailer = line().orElse("");
        while (!trailer.isEmpty()) {
            trailer = line().orElse("");
        }
    }

    /**
     * Waits, and notices when the client leaves meanwhile.
     *
     * @throws ClientGone if the client closed or reset the connection
     */
    void rest(long millis) throws IOException {
        if (position < limit) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            return;
        }
        socket.setSoTimeout((int) Math.max(1, Math.min(millis, Integer.MAX_VALUE)));
        try {
            if (!fill()) {
                throw new ClientGone("closed by the client");
            }
        } catch (SocketTimeoutException stillThere) {
            return;
        } catch (SocketException reset) {
            throw new ClientGone("reset by the client");
        } finally {
            if (!socket.isClosed()) {
                socket.setSoTimeout(0);
            }
        }
    }

    private int read() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        return buffer[position++] & 0xFF;
    }

    private boolean fill() throws IOException {
        int n = in.read(buffer);
        position = 0;
        limit = Math.max(0, n);
        return n >= 0;
    }
}
