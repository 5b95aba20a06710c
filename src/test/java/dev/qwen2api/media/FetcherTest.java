package dev.qwen2api.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.qwen2api.media.Fetcher.NotFetchedException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(40)
class FetcherTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer site;

    @BeforeEach
    void open() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.setExecutor(Executors.newCachedThreadPool());
        site.start();
    }

    @AfterEach
    void close() {
        site.stop(0);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + site.getAddress().getPort() + path;
    }

    /** The first address may be private, so that the site of the test can be reached; those it leads to may not. */
    private Fetcher trustingTheFirst() {
        var hops = new AtomicInteger();
        return new Fetcher(new SpoolFolder(folder, 1 << 30), () -> hops.getAndIncrement() == 0);
    }

    @Test
    void a_redirect_to_an_address_that_is_not_public_is_not_followed() {
        for (String target :
                new String[] {"http://169.254.169.254/latest/meta-data", "http://[::1]/", "//10.0.0.1/x"}) {
            var removed = new AtomicInteger();
            site.createContext("/moved" + target.hashCode(), exchange -> {
                removed.incrementAndGet();
                exchange.getResponseHeaders().add("Location", target);
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            });
            NotFetchedException why = assertThrows(
                    NotFetchedException.class,
                    () -> trustingTheFirst().fetch(url("/moved" + target.hashCode()), 1000, () -> false));
            assertTrue(String.valueOf(why.getMessage()).contains("not public"), why.getMessage());
            assertEquals(1, removed.get());
        }
    }

    @Test
    void a_refusal_without_an_end_is_not_listened_to() throws Exception {
        var gone = new CountDownLatch(1);
        site.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(404, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                byte[] piece = new byte[1 << 16];
                while (true) {
                    out.write(piece);
                }
            } catch (IOException hungUp) {
                gone.countDown();
            }
        });
        NotFetchedException why = assertThrows(
                NotFetchedException.class, () -> trustingTheFirst().fetch(url("/endless"), 1000, () -> false));
        assertTrue(String.valueOf(why.getMessage()).contains("404"), why.getMessage());
        assertTrue(gone.await(5, TimeUnit.SECONDS), "the connection is closed");
    }

    @Test
    void nobody_fetches_for_a_client_that_has_left() throws Exception {
        var begun = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        site.createContext("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(1);
                out.flush();
                begun.countDown();
                while (!gone.await(20, TimeUnit.MILLISECONDS)) {
                    out.write(1);
                    out.flush();
                }
            } catch (IOException hungUp) {
                gone.countDown();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        assertThrows(
                dev.qwen2api.chat.ClientGoneException.class,
                () -> trustingTheFirst().fetch(url("/slow"), 1 << 20, () -> begun.getCount() == 0));
        assertTrue(gone.await(5, TimeUnit.SECONDS), "the connection is closed");
    }
}
