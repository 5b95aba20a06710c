package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.Media;
import dev.qwen2api.upstream.qwen.upload.UploadWatch;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files of uploads that a storage does not read to their end. */
@Timeout(60)
class UploadBodyTest {

    private static final int SIZE = 32 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Bench bench = new Bench();
    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch began = new CountDownLatch(1);
    private final HttpServer service;
    private boolean refuses;

    UploadBodyTest() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    }

    @BeforeEach
    void start() {
        service.setExecutor(handlers);
        service.createContext("/api/v2/files/getstsToken", this::ticket);
        service.createContext("/", this::store);
        service.start();
    }

    @AfterEach
    void close() {
        end.countDown();
        service.stop(0);
        handlers.shutdownNow();
        bench.close();
    }

    private String base() {
        return "http://127.0.0.1:" + service.getAddress().getPort();
    }

    private void ticket(HttpExchange exchange) throws IOException {
        byte[] ticket = ("{\"success\":true,\"data\":{\"file_id\":\"f\",\"access_key_id\":\"k\","
                        + "\"access_key_secret\":\"s\",\"security_token\":\"t\",\"bucketname\":\"b\",\"file_url\":\""
                        + base() + "/a.png\"}}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, ticket.length);
        exchange.getResponseBody().write(ticket);
        exchange.close();
    }

    /** Reads nothing of the file, and may refuse it. */
    private void store(HttpExchange exchange) throws IOException {
        began.countDown();
        if (refuses) {
            exchange.sendResponseHeaders(403, -1);
        }
        try {
            end.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** A file that knows how often it is open. */
    private static final class OpenFile implements Attachment {

        private final Path file;
        private final AtomicInteger open = new AtomicInteger();

        OpenFile(Path file) {
            this.file = file;
        }

        @Override
        public long size() {
            return SIZE;
        }

        @Override
        public String sha256() {
            return "00";
        }

        @Override
        public String contentType() {
            return "image/png";
        }

        @Override
        public InputStream open() throws IOException {
            open.incrementAndGet();
            return new FilterInputStream(Files.newInputStream(file)) {
                private boolean closed;

                @Override
                public synchronized void close() throws IOException {
                    super.close();
                    if (!closed) {
                        closed = true;
                        open.decrementAndGet();
                    }
                }
            };
        }

        @Override
        public void close() {}
    }

    private OpenFile file() throws IOException {
        return new OpenFile(Files.write(folder.resolve("a.png"), new byte[SIZE]));
    }

    private CompletableFuture<List<String>> upload(OpenFile file, UploadWatch watch) {
        QwenClient client = bench.client(Bench.settings(base(), Optional.empty()));
        var picture = new Media(Media.MediaType.IMAGE, new Media.Attached(file), "a.png", "messages[0]");
        return bench.uploader(client).upload(bench.account, List.of(picture), watch);
    }

    /** Known to the thread that waits and not to the one that reads: of a file that stands still no piece is read. */
    private boolean isGivenUp() {
        return began.getCount() == 0 && !Thread.currentThread().getName().endsWith("SelectorManager");
    }

    @Test
    void an_upload_that_is_given_up_leaves_no_file_open() throws Exception {
        OpenFile file = file();

        CompletableFuture<List<String>> upload = upload(file, new UploadWatch(this::isGivenUp, () -> {}));

        assertTrue(began.await(20, TimeUnit.SECONDS));
        assertThrows(ExecutionException.class, () -> upload.get(20, TimeUnit.SECONDS));
        assertEquals(0, file.open.get());
    }

    @Test
    void an_upload_that_is_refused_before_its_end_leaves_no_file_open() throws Exception {
        refuses = true;
        OpenFile file = file();

        CompletableFuture<List<String>> upload = upload(file, new UploadWatch(() -> false, () -> {}));

        assertThrows(ExecutionException.class, () -> upload.get(20, TimeUnit.SECONDS));
        assertEquals(0, file.open.get());
    }
}
