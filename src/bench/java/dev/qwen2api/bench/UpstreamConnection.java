package dev.qwen2api.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** One connection to the stand-in: a request is gathered, its answer written, and so on. */
final class UpstreamConnection {

    private static final byte[] CHAT = Frames.json(
            "{\"success\": true, \"request_id\": \"r-1\", \"data\": {\"id\": \"0a1b2c3d-0000-4000-8000-000000000001\"}}");
    private static final byte[] DONE =
            Frames.json("{\"success\": true, \"request_id\": \"r-1\", \"data\": {\"status\": true}}");
    private static final byte[] MODELS = Frames.json("{\"data\": [{\"id\": \"qwen3-max\", \"name\": \"Qwen3-Max\","
            + " \"object\": \"model\", \"owned_by\": \"qwen\", \"info\": {\"id\": \"qwen3-max\", \"meta\": {\"capabilities\":"
            + " {\"thinking\": true, \"search\": true}, \"max_context_length\": 262144, \"chat_type\": [\"t2t\"]},"
            + " \"is_active\": true}}]}");

    private final SocketChannel channel;
    private final SelectionKey key;
    private final HttpRequestBytes request = new HttpRequestBytes();
    private byte[] unsent = new byte[0];
    private int unsentFrom;
    private int chunksLeft;
    private long gapNanos;
    private long dueAt;
    private boolean planned = true;

    UpstreamConnection(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    long dueAt() {
        return dueAt;
    }

    /** Whether a chunk is to be sent that is not planned yet. */
    boolean isWaiting() {
        return !planned;
    }

    UpstreamConnection planned() {
        planned = true;
        return this;
    }

    void ready(SelectionKey ready, ByteBuffer in, ByteBuffer out) throws IOException {
        if (ready.isWritable()) {
            writeOn(out);
        }
        if (ready.isReadable()) {
            read(in, out);
        }
    }

    private void read(ByteBuffer in, ByteBuffer out) throws IOException {
        in.clear();
        if (channel.read(in) < 0) {
            throw new IOException("closed");
        }
        in.flip();
        request.add(in);
        if (request.isComplete()) {
            answer(out);
            request.clear();
        }
    }

    private void answer(ByteBuffer out) throws IOException {
        Shape shape = request.isCompletion() ? Shape.in(request.bytes(), request.length()) : null;
        out.clear();
        if (shape != null) {
            begin(shape, out);
        } else if (request.isNewChat()) {
            out.put(CHAT);
        } else {
            out.put(request.isModels() ? MODELS : DONE);
        }
        send(out);
    }

    private void begin(Shape shape, ByteBuffer out) {
        long now = System.nanoTime();
        out.put(Frames.HEAD).put(Frames.CREATED);
        if (shape.gapMillis() == 0) {
            for (int i = 0; i < shape.chunks(); i++) {
                Frames.text(out, now);
            }
            out.put(Frames.LAST);
            return;
        }
        Frames.text(out, now);
        chunksLeft = shape.chunks() - 1;
        gapNanos = TimeUnit.MILLISECONDS.toNanos(shape.gapMillis());
        plan(now + gapNanos, out);
    }

    private void plan(long at, ByteBuffer out) {
        if (chunksLeft == 0) {
            out.put(Frames.LAST);
        } else {
            dueAt = at;
            planned = false;
        }
    }

    /** Sends the chunk that is due now. */
    void chunk(ByteBuffer out) throws IOException {
        out.clear();
        Frames.text(out, System.nanoTime());
        chunksLeft--;
        plan(dueAt + gapNanos, out);
        send(out);
    }

    private void send(ByteBuffer out) throws IOException {
        out.flip();
        if (unsentFrom == unsent.length) {
            channel.write(out);
        }
        if (out.hasRemaining()) {
            int kept = unsent.length - unsentFrom;
            byte[] more = Arrays.copyOf(Arrays.copyOfRange(unsent, unsentFrom, unsent.length), kept + out.remaining());
            out.get(more, kept, out.remaining());
            unsent = more;
            unsentFrom = 0;
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private void writeOn(ByteBuffer out) throws IOException {
        out.clear();
        out.put(unsent, unsentFrom, Math.min(out.remaining(), unsent.length - unsentFrom));
        out.flip();
        unsentFrom += channel.write(out);
        if (unsentFrom == unsent.length) {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    void close() {
        planned = true;
        chunksLeft = 0;
        try {
            channel.close();
        } catch (IOException already) {
            // it is closed either way
        }
    }
}
