package dev.qwen2api.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One client that asks again as soon as it has its answer, over one connection. */
final class ClientConnection {

    private final Load load;
    private final SocketChannel channel = SocketChannel.open();
    private final ByteBuffer request;
    private final HttpAnswer answer;
    private long began;
    private long firstAt;
    private long lastAt;
    private int chunks;
    private boolean open = true;

    ClientConnection(Load load, byte[] request) throws IOException {
        this.load = load;
        this.request = ByteBuffer.wrap(request);
        this.answer = new HttpAnswer(this::chunk);
    }

    void connect(int port, Selector selector) throws IOException {
        channel.configureBlocking(false);
        channel.socket().setTcpNoDelay(true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (channel.connect(new InetSocketAddress("127.0.0.1", port))) {
            connected(key);
        }
    }

    private void connected(SelectionKey key) throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        ask();
    }

    private void ask() throws IOException {
        request.rewind();
        answer.begin();
        chunks = 0;
        began = System.nanoTime();
        channel.write(request);
        if (request.hasRemaining()) {
            throw new IOException("a request did not fit into the socket");
        }
    }

    /** Returns whether the connection goes on. */
    boolean ready(SelectionKey key, ByteBuffer in) {
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                connected(key);
            }
            return !key.isReadable() || read(in);
        } catch (IOException broken) {
            load.failed(broken.toString());
            close();
            return false;
        }
    }

    private boolean read(ByteBuffer in) throws IOException {
        in.clear();
        if (channel.read(in) < 0) {
            throw new IOException("closed in the middle of an answer");
        }
        in.flip();
        answer.take(in);
        if (!answer.isComplete()) {
            return true;
        }
        if (answer.status() != 200 || chunks != load.shape().chunks()) {
            throw new IOException("status " + answer.status() + " with " + chunks + " chunks");
        }
        load.answered(firstAt - began, System.nanoTime() - began);
        if (load.goesOn()) {
            ask();
            return true;
        }
        close();
        return false;
    }

    private void chunk(long stamp) {
        long now = System.nanoTime();
        if (chunks++ == 0) {
            firstAt = now;
        } else {
            load.gap(now, now - lastAt);
        }
        lastAt = now;
        load.chunk(now - stamp);
    }

    boolean isOpen() {
        return open;
    }

    void close() {
        open = false;
        try {
            channel.close();
        } catch (IOException already) {
            // it is closed either way
        }
    }
}
