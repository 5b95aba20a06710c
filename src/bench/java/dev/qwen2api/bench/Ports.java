package dev.qwen2api.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Ports of 127.0.0.1. */
final class Ports {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private Ports() {}

    static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Asks again and again until {@code path} is answered with 200. */
    static void awaitAnswer(int port, String path, Process process) throws IOException {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        long began = System.nanoTime();
        while (!answers(port, request)) {
            if (!process.isAlive() || System.nanoTime() - began > PATIENCE_NANOS) {
                throw new IOException("nothing answers at port " + port);
            }
            pause();
        }
    }

    private static boolean answers(int port, byte[] request) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request);
            byte[] head = socket.getInputStream().readNBytes(12);
            return new String(head, StandardCharsets.US_ASCII).endsWith(" 200");
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
