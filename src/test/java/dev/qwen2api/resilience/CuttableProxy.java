package dev.qwen2api.resilience;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a port that can be cut and mended: while it is cut, what was connected is reset and nothing connects. */
final class CuttableProxy implements AutoCloseable {

    private final int target;
    private final Set<Socket> strands = ConcurrentHashMap.newKeySet();
    private final int port;
    private ServerSocket door;

    CuttableProxy(int target) throws IOException {
        this.target = target;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.port = door.getLocalPort();
        serve(door);
    }

    String baseUrl() {
        return "http://127.0.0.1:" + port;
    }

    void cut() throws IOException {
        door.close();
        strands.forEach(CuttableProxy::snap);
        strands.clear();
    }

    /** So that both ends see a reset, unless it has been closed meanwhile. */
    private static void snap(Socket strand) {
        try (strand) {
            strand.setSoLinger(true, 0);
        } catch (IOException closed) {
            // Its copier was faster.
        }
    }

    void mend() throws IOException {
        door = new ServerSocket();
        door.setReuseAddress(true);
        door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        serve(door);
    }

    private void serve(ServerSocket open) {
        start(() -> {
            while (true) {
                connect(open.accept());
            }
        });
    }

    private void connect(Socket near) throws IOException {
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        strands.add(near);
        strands.add(far);
        start(() -> copy(near, far));
        start(() -> copy(far, near));
    }

    private void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
        } finally {
            strands.remove(from);
            strands.remove(to);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException over) {
                        // One end is gone, and with it the work.
                    }
                },
                "cable");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        cut();
    }
}
