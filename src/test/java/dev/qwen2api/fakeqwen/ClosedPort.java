package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** An address that refuses connections. The port is taken but not listened on, so nobody else can open it meanwhile. */
public final class ClosedPort implements AutoCloseable {
    private final Socket holder = new Socket();

    /** Takes a free port. */
    public ClosedPort() {
        try {
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The base URL that refuses. */
    public String baseUrl() {
        return "http://127.0.0.1:" + holder.getLocalPort();
    }

    @Override
    public void close() {
        try {
            holder.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
