package dev.qwen2api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A reverse proxy as people misconfigure them, in front of a gateway. One connection at a time is enough for a probe.
 */
final class FrontProxy implements AutoCloseable {

    private final ServerSocket door = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final int behind;
    private final Habit habit;

    /** What it does to answers. */
    enum Habit {
        PASSES_ON,
        /** Keeps the answer until it is complete. */
        HOLDS_BACK,
        /** Gives up on an answer that is silent for a second. */
        CUTS
    }

    FrontProxy(int behind, Habit habit) throws IOException {
        this.behind = behind;
        this.habit = habit;
        var thread = new Thread(this::serve, "front-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    private void serve() {
        while (!door.isClosed()) {
            try (Socket client = door.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
                server.getOutputStream().write(head(client.getInputStream()));
                server.setSoTimeout(habit == Habit.CUTS ? 1000 : 30_000);
                answer(server.getInputStream(), client.getOutputStream());
            } catch (IOException over) {
                // Closed, or one side has gone: on to the next connection.
            }
        }
    }

    /** The request, which has no body, asking for a connection that ends with its answer. */
    private static byte[] head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return text.replaceFirst("(?i)connection: [^\r]*", "Connection: close").getBytes(StandardCharsets.ISO_8859_1);
    }

    private void answer(InputStream from, OutputStream to) throws IOException {
        var held = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        try {
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                (habit == Habit.HOLDS_BACK ? held : to).write(buffer, 0, read);
                to.flush();
            }
        } catch (SocketTimeoutException silent) {
            return;
        }
        held.writeTo(to);
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
