package dev.qwen2api.media;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpCompliance.Violation;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/**
 * Jetty's HTTP client, connecting each request to the addresses pinned for it. Follows no redirect, keeps no cookie or
 * connection, uses no proxy, decodes no content, and refuses replies with ambiguous framing. Thread-safe.
 */
final class PinnedHttpClient implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
    private static final int MAX_THREADS = 6;
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final long MAX_POOLED_BYTES = 1 << 20;
    private static final HttpCompliance COMPLIANCE = HttpCompliance.STRICT.with(
            "attachments",
            Violation.CASE_SENSITIVE_FIELD_NAME,
            Violation.LF_HEADER_TERMINATION,
            Violation.MULTIPLE_CONTENT_LENGTHS);

    private final HttpClient client;

    PinnedHttpClient(SSLContext tls) {
        client = configured(tls);
        try {
            client.start();
        } catch (Exception failed) {
            throw new IllegalStateException("the HTTP client for attachments does not start", failed);
        }
        client.getContentDecoderFactories().clear();
        client.getProtocolHandlers().remove("www-authenticate");
        client.getProtocolHandlers().remove("proxy-authenticate");
    }

    Request newRequest(PinnedAddress address) {
        return client.newRequest(address.uri())
                .tag(address)
                .followRedirects(false)
                .idleTimeout(IDLE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .headers(headers -> headers.put(HttpHeader.CONNECTION, "close").put(HttpHeader.ACCEPT, "*/*"));
    }

    private static HttpClient configured(SSLContext tls) {
        var threads = new QueuedThreadPool(MAX_THREADS, 1, (int) IDLE_TIMEOUT.toMillis());
        threads.setName("attachments");
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        threads.setStopTimeout(STOP_TIMEOUT.toMillis());
        var trust = new SslContextFactory.Client();
        trust.setSslContext(tls);
        var connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setSslContextFactory(trust);
        var fresh = new HttpClient(new HttpClientTransportOverHTTP(connector));
        fresh.setName("attachments");
        fresh.setExecutor(threads);
        fresh.setScheduler(new ScheduledExecutorScheduler("attachments-timer", true));
        fresh.setByteBufferPool(
                new ArrayByteBufferPool(-1, -1, -1, BUFFER_BYTES * 4, MAX_POOLED_BYTES, MAX_POOLED_BYTES));
        fresh.setUseInputDirectByteBuffers(false);
        fresh.setUseOutputDirectByteBuffers(false);
        fresh.setResponseBufferSize(BUFFER_BYTES);
        fresh.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
        fresh.setHttpCompliance(COMPLIANCE);
        fresh.setHttpCookieStore(new HttpCookieStore.Empty());
        fresh.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "Qwen2API"));
        fresh.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
        fresh.setSocketAddressResolver(PinnedHttpClient::pinned);
        return fresh;
    }

    /** Answers with the addresses that were checked for this request, whatever the name resolves to now. */
    private static void pinned(
            String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> addresses) {
        if (context.get(Destination.CONTEXT_KEY) instanceof Destination destination
                && destination.getOrigin().getTag() instanceof PinnedAddress pinned) {
            addresses.succeeded(pinned.addresses());
        } else {
            addresses.failed(new UnknownHostException("no address was checked"));
        }
    }

    /** Aborts the request and forgets its pinned address. */
    void abort(Request request) {
        CompletableFuture<Boolean> unused = request.abort(new CancellationException("closed"));
        client.removeDestination(client.resolveDestination(request));
    }

    @Override
    public void close() {
        LifeCycle.stop(client);
    }
}
