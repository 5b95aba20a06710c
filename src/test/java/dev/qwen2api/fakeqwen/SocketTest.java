package dev.qwen2api.fakeqwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final FakeQwen fake = FakeQwen.start();

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void two_requests_can_share_a_connection_and_a_body_can_come_in_chunks() throws IOException {
        String head = "POST /api/v2/users/status HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
        String chunked = head + String.join("\r\n", "3", "{\"a", "4", "\":1}", "0", "", "");
        String replies = exchange(chunked + "GET /api/models HTTP/1.1\r\nconnection: close\r\n\r\n");
        assertEquals(2, replies.split("HTTP/1.1 200 OK", -1).length - 1);
        Request first = fake.recorder().requests().get(0);
        assertEquals("{\"a\":1}", first.text());
        assertEquals(1, first.json().path("a").asInt());
    }

    @Test
    void a_client_that_asks_first_is_told_to_go_on() throws IOException {
        String replies = exchange("POST /api/v2/users/status HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n"
                + "connection: close\r\n\r\n{}");
        assertTrue(replies.startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), replies);
    }

    @Test
    void what_is_no_http_is_hung_up_on() throws IOException {
        assertEquals("", exchange("hello\r\n\r\n"));
        assertTrue(fake.awaitOpenConnections(0, SOON));
    }

    @Test
    void unknown_routes_are_404() throws IOException {
        assertTrue(
                exchange("GET /api/v9/x HTTP/1.1\r\nconnection: close\r\n\r\n").startsWith("HTTP/1.1 404 Not Found"));
    }

    @Test
    void closing_the_fake_ends_what_is_open() throws IOException {
        fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.MODELS));
        try (Socket socket = connect()) {
            send(socket, "GET /api/models HTTP/1.1\r\n\r\n");
            assertTrue(fake.recorder().awaitRequests(Endpoint.MODELS, 1, SOON));
            fake.close();
            socket.setSoTimeout((int) SOON.toMillis());
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void the_recorder_forgets_the_oldest() throws IOException {
        try (FakeQwen small = FakeQwen.start(FakeQwenOptions.standard().withRecordLimit(2))) {
            Recorder recorder = small.recorder();
            for (String path : List.of("/a", "/b", "/c")) {
                recorder.saw(new Request("GET", path, Headers.none(), new byte[0], Instant.EPOCH));
            }
            assertEquals(
                    List.of("/b", "/c"),
                    recorder.requests().stream().map(Request::path).toList());
        }
    }

    @Test
    void the_process_prints_what_an_env_file_needs() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FakeQwenMain.print(fake, 3, new PrintStream(out, true, StandardCharsets.UTF_8));
        String printed = out.toString(StandardCharsets.UTF_8);
        assertTrue(printed.startsWith("QWEN_CHAT_PROXY_URL=" + fake.baseUrl() + "\n"), printed);
        String cookies = printed.lines()
                .filter(line -> line.startsWith("QWEN_COOKIES="))
                .findFirst()
                .orElse("");
        assertEquals(3, cookies.split("; token=", -1).length - 1);
        assertEquals(3, cookies.split(",", -1).length);
    }

    private String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout((int) SOON.toMillis());
            send(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), fake.port());
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }
}
