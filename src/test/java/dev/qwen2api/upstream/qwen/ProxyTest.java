package dev.qwen2api.upstream.qwen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How requests reach a proxy, seen from a socket that plays one. */
@Timeout(30)
class ProxyTest {

    private final Bench bench = new Bench();
    private final ServerSocket server;

    ProxyTest() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        bench.close();
    }

    /** The head of the next request, which is answered with {@code reply}. */
    private CompletableFuture<String> answering(String reply) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket socket = server.accept()) {
                var head = new StringBuilder();
                var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
                for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                    head.append(line).append('\n');
                }
                socket.getOutputStream().write(reply.getBytes(ISO_8859_1));
                socket.getOutputStream().flush();
                return head.toString();
            } catch (IOException broken) {
                return broken.toString();
            }
        });
    }

    private QwenClient through(Optional<Settings.Login> login) {
        var proxy = new Settings.Proxy("127.0.0.1", server.getLocalPort(), login);
        return bench.client(Bench.settings("http://upstream.invalid", Optional.of(proxy)));
    }

    private static final Settings.Login LOGIN = new Settings.Login("us er", new Secret("pass:wörd"));

    @Test
    void a_proxy_is_sent_the_whole_address_and_the_login() throws Exception {
        var head = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        byte[] body = through(Optional.of(LOGIN))
                .read("/api/models", Duration.ofSeconds(5), 100)
                .get(20, TimeUnit.SECONDS)
                .body();
        assertEquals("hi", new String(body, StandardCharsets.UTF_8));
        String login = Base64.getEncoder().encodeToString("us er:pass:wörd".getBytes(StandardCharsets.UTF_8));
        String sent = head.get(20, TimeUnit.SECONDS);
        assertTrue(sent.startsWith("GET http://upstream.invalid/api/models HTTP/1.1\n"), sent);
        assertTrue(sent.contains("\nProxy-Authorization: Basic " + login + "\n"), sent);
    }

    @Test
    void without_a_login_none_is_sent_and_a_proxy_that_wants_one_is_unreachable() throws Exception {
        var head = answering("HTTP/1.1 407 Proxy Authentication Required\r\n"
                + "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
        var reply = through(Optional.empty())
                .read("/api/models", Duration.ofSeconds(5), 100)
                .get(20, TimeUnit.SECONDS);
        Failure failure = FailureClassifier.classify(Operation.PROBE, reply, Instant.EPOCH);
        assertEquals(FailureKind.UNREACHABLE, failure.kind());
        assertTrue(failure.detail().contains("PROXY_URL"), failure.detail());
        assertFalse(head.get(20, TimeUnit.SECONDS).contains("Proxy-Authorization"));
    }

    @Test
    void the_upstream_itself_never_learns_the_login_of_the_proxy() throws Exception {
        var head = answering(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n" + "Content-Length: 0\r\n\r\n");
        var reply = through(Optional.of(LOGIN))
                .read("/api/models", Duration.ofSeconds(5), 100)
                .get(20, TimeUnit.SECONDS);
        assertEquals(401, reply.statusCode());
        assertFalse(head.get(20, TimeUnit.SECONDS).contains("\nAuthorization:"));
    }

    @Test
    void settings_do_not_tell_the_login() {
        var proxy = new Settings.Proxy("proxy.example", 3128, Optional.of(LOGIN));
        assertFalse(Bench.settings("http://x", Optional.of(proxy)).toString().contains("wörd"));
        assertFalse(proxy.toString().contains("wörd"));
    }
}
