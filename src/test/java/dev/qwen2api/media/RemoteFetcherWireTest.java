package dev.qwen2api.media;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.media.Downloader.ByteSource.NotFetchedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to a stranger's server, and which of its replies are believed: one connection, byte by byte. */
@Timeout(30)
class RemoteFetcherWireTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ServerSocket server;

    RemoteFetcherWireTest() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    /** The head of the next request, which is answered with {@code reply} before the connection is closed. */
    private CompletableFuture<String> answering(String reply) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Socket socket = server.accept()) {
                        var head = new StringBuilder();
                        var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
                        for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                            head.append(line).append('\n');
                        }
                        socket.getOutputStream().write(reply.getBytes(ISO_8859_1));
                        return head.toString();
                    } catch (IOException broken) {
                        return broken.toString();
                    }
                },
                threads);
    }

    private String fetched(String path) throws Exception {
        var remoteFetcher = new RemoteFetcher(
                new Downloader(new SpoolDirectory(folder, 1 << 30), threads, System::nanoTime), () -> true);
        String url = "http://127.0.0.1:" + server.getLocalPort() + path;
        try (SpooledFile spooledFile = remoteFetcher.fetch(url, 1000, () -> false);
                var bytes = spooledFile.open()) {
            return new String(bytes.readAllBytes(), ISO_8859_1);
        }
    }

    @Test
    void a_plain_request_is_sent_that_asks_for_no_packing() throws Exception {
        var head = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        assertEquals("hi", fetched("/ä/x.png?a=b%20c#part"));
        assertEquals(
                "GET /%C3%A4/x.png?a=b%20c HTTP/1.1\nUser-Agent: Qwen2API\nAccept: */*\nHost: 127.0.0.1:"
                        + server.getLocalPort() + "\nConnection: close\n",
                head.join());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more",
                "HTTP/1.1 200\r\ncontent-length: 5\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.0 200 OK\nX: y\n\nhello",
                "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nhell\r\n01\r\no\r\n0\r\nA: b\r\n\r\n",
            })
    void a_body_is_whole_where_its_head_or_its_chunks_or_the_connection_says_so(String reply) throws Exception {
        answering(reply);
        assertEquals("hello", fetched("/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "HTTP/2 200 OK\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nX: y\r\n folded\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
            })
    void a_reply_that_is_cut_off_or_could_be_read_in_two_ways_is_refused(String reply) {
        answering(reply);
        NotFetchedException why = assertThrows(NotFetchedException.class, () -> fetched("/"));
        assertTrue(String.valueOf(why.getMessage()).contains("the connection failed"), why.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffff0\r\n",
            })
    void what_says_that_it_is_larger_than_allowed_is_not_waited_for(String reply) {
        answering(reply + "x".repeat(2000));
        NotFetchedException why = assertThrows(NotFetchedException.class, () -> fetched("/"));
        assertTrue(String.valueOf(why.getMessage()).contains("larger than"), why.getMessage());
    }

    @Test
    void a_redirect_that_does_not_say_where_to_is_refused() {
        answering("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
        NotFetchedException why = assertThrows(NotFetchedException.class, () -> fetched("/"));
        assertTrue(String.valueOf(why.getMessage()).contains("nowhere"), why.getMessage());
    }
}
