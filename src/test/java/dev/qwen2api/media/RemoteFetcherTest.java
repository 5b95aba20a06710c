package dev.qwen2api.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.qwen2api.Eventually;
import dev.qwen2api.media.Downloader.ByteSource.NotFetchedException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(40)
class RemoteFetcherTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer site;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void open() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.setExecutor(Executors.newCachedThreadPool());
        site.start();
    }

    @AfterEach
    void close() {
        site.stop(0);
        threads.shutdownNow();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + site.getAddress().getPort() + path;
    }

    private Downloader downloads() {
        return new Downloader(new SpoolDirectory(folder, 1 << 30), threads, System::nanoTime);
    }

    /** The first address may be private, so that the site of the test can be reached; those it leads to may not. */
    private RemoteFetcher trustingTheFirst() {
        var hops = new AtomicInteger();
        return new RemoteFetcher(downloads(), () -> hops.getAndIncrement() == 0);
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
        assertTrue(gone.await(20, TimeUnit.SECONDS), "the connection is closed");
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
        assertTrue(gone.await(20, TimeUnit.SECONDS), "the connection is closed");
    }

    @Test
    void a_name_is_asked_once_and_what_it_said_is_where_the_connection_goes() throws Exception {
        var asked = new AtomicInteger();
        site.createContext("/here", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[2]);
            exchange.close();
        });
        PinnedAddress.Resolver rebound = host -> {
            assertEquals("rebound.test", host);
            String address = asked.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2";
            return new InetAddress[] {InetAddress.getByName(address)};
        };
        var remoteFetcher = new RemoteFetcher(downloads(), () -> true, rebound, SSLContext::getDefault);
        String url = "http://rebound.test:" + site.getAddress().getPort() + "/here";
        try (SpooledFile spooledFile = remoteFetcher.fetch(url, 1000, () -> false)) {
            assertEquals(2, spooledFile.size());
        }
        assertEquals(1, asked.get());
    }

    /** A machine with a public address on one of its interfaces. */
    private static PinnedAddress.Resolver withOwn(String own) {
        return new PinnedAddress.Resolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return new InetAddress[] {InetAddress.getByName(own)};
            }

            @Override
            public boolean isOwn(InetAddress address) {
                return address.getHostAddress().equals(own);
            }
        };
    }

    @Test
    void a_public_address_of_this_machine_is_refused_unless_private_ones_are_allowed() throws Exception {
        URI uri = URI.create("http://own.test:9090/metrics");
        NotFetchedException why =
                assertThrows(NotFetchedException.class, () -> PinnedAddress.of(uri, withOwn("93.184.216.34"), false));
        assertTrue(String.valueOf(why.getMessage()).contains("not public"), why.getMessage());
        assertEquals(
                1,
                PinnedAddress.of(uri, withOwn("93.184.216.34"), true)
                        .addresses()
                        .size());
    }

    @Test
    void every_address_of_an_interface_is_known_as_this_machines() throws Exception {
        PinnedAddress.Resolver resolver = InetAddress::getAllByName;
        List<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .toList();
        assertFalse(own.isEmpty());
        assertTrue(own.stream().allMatch(resolver::isOwn), own::toString);
        assertFalse(resolver.isOwn(InetAddress.getByName("93.184.216.34")));
    }

    @Test
    void of_several_addresses_the_first_that_answers_is_taken() throws Exception {
        site.createContext("/here", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        PinnedAddress.Resolver two =
                host -> new InetAddress[] {InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")};
        var remoteFetcher = new RemoteFetcher(downloads(), () -> true, two, SSLContext::getDefault);
        String url = "http://two.test:" + site.getAddress().getPort() + "/here";
        try (SpooledFile spooledFile = remoteFetcher.fetch(url, 1000, () -> false)) {
            assertEquals(0, spooledFile.size());
        }
    }

    @Test
    void a_server_must_show_that_the_name_it_is_asked_by_is_its_own() throws Exception {
        SSLContext tls = certified("pictures.test");
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        secure.createContext("/", exchange -> {
            var session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody()
                    .write(session.getRequestedServerNames().toString().getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        secure.start();
        PinnedAddress.Resolver all = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};
        var remoteFetcher = new RemoteFetcher(downloads(), () -> true, all, () -> tls);
        String end = ".test:" + secure.getAddress().getPort() + "/";
        try (SpooledFile spooledFile = remoteFetcher.fetch("https://pictures" + end, 1000, () -> false);
                var bytes = spooledFile.open()) {
            String named = new String(bytes.readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(named.contains("value=pictures.test"), named);
        }
        NotFetchedException why = assertThrows(
                NotFetchedException.class, () -> remoteFetcher.fetch("https://others" + end, 1000, () -> false));
        assertTrue(String.valueOf(why.getMessage()).contains("not trusted"), why.getMessage());
        secure.stop(0);
    }

    @Test
    void threads_start_with_the_first_download_and_end_when_it_is_closed() throws Exception {
        site.createContext("/here", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        Set<Thread> before = clientThreads();
        var remoteFetcher = new RemoteFetcher(downloads(), () -> true);
        assertTrue(before.containsAll(clientThreads()), "no thread before the first download");
        remoteFetcher.fetch(url("/here"), 1000, () -> false).close();
        assertFalse(before.containsAll(clientThreads()), "the client has threads");
        remoteFetcher.close();
        Eventually.holds("its threads end", () -> before.containsAll(clientThreads()));
        assertThrows(NotFetchedException.class, () -> remoteFetcher.fetch(url("/here"), 1000, () -> false));
    }

    private static Set<Thread> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("attachments"))
                .collect(Collectors.toSet());
    }

    /** A certificate that says {@code name}, by the JDK's own tool, for both ends. */
    private SSLContext certified(String name) throws Exception {
        Path store = folder.resolve("keys.p12");
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        int made = new ProcessBuilder(
                        tool,
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start()
                .waitFor();
        assertEquals(0, made);
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        var owned = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        owned.init(keys, "changeit".toCharArray());
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("a", keys.getCertificate("a"));
        trusted.init(certificates);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(owned.getKeyManagers(), trusted.getTrustManagers(), null);
        return tls;
    }
}
