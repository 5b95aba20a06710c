package dev.qwen2api.http.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client of nothing but a socket, to send what no library would and to see every byte that comes back. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    /** An answer: its status, its headers by lower-case name, its body without chunk lines. */
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends a chat request with the key of {@link TestServer}. */
    RawClient chat(String json) throws IOException {
        return send(request("/v1/chat/completions", json));
    }

    static String request(String path, String json) {
        return "POST " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + TestServer.KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json;
    }

    Answer answer() throws IOException {
        return answer("POST");
    }

    Answer answer(String method) throws IOException {
        String statusLine = line();
        if (statusLine.startsWith("HTTP/1.1 100")) {
            line();
            return answer(method);
        }
        int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
        var headers = new TreeMap<String, String>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Answer(status, headers, method.equals("HEAD") ? "" : body(headers));
    }

    private String body(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
            var all = new StringBuilder();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                all.append(chunk);
            }
            return all.toString();
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** One chunk of a body; empty for the last one. */
    String chunk() throws IOException {
        int length = Integer.parseInt(line(), 16);
        String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        line();
        return text;
    }

    /** Reads a line; an end of the stream is an exception. */
    String line() throws IOException {
        var line = new ByteArrayOutputStream();
        int next = in.read();
        while (next != '\n') {
            if (next < 0) {
                throw new IOException("the server closed the connection after: " + line);
            }
            line.write(next);
            next = in.read();
        }
        return line.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    /** Skips the lines up to the first that begins so, and returns it. */
    String lineThatBegins(String prefix) throws IOException {
        String line = line();
        while (!line.startsWith(prefix)) {
            line = line();
        }
        return line;
    }

    /** Whether the server has ended the connection, in order; waits for it to. */
    boolean serverCloses() throws IOException {
        return in.read() < 0;
    }

    void finishSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Hangs up with a reset instead of an orderly end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
