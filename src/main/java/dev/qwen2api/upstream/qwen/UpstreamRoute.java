package dev.qwen2api.upstream.qwen;

import dev.qwen2api.config.Settings;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The route to the upstream as the settings make it: the JDK's client, the proxy and the headers. Thread-safe. */
final class UpstreamRoute {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamRoute.class);

    private static final int RETIRED_KEPT = 4;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Every connection holds on to one; the JDK's own has 16 KB, and frames have a few hundred bytes. */
    private static final String READ_BUFFER = "jdk.httpclient.bufsize";

    /** Seconds after which an unused connection is closed: since Java 20 the JDK's own value, before it was 1,200. */
    private static final String KEPT_ALIVE = "jdk.httpclient.keepalive.timeout";

    /** The JDK sends no Basic login to a proxy in front of HTTPS, unless this list of schemes is empty. */
    private static final String TUNNEL_LOGINS_OFF = "jdk.http.auth.tunneling.disabledSchemes";

    private final Clock clock;
    private final ClientBuilder builder;
    private final Deque<CompletableFuture<HttpClient>> retired = new ArrayDeque<>();
    private volatile Wire wire;

    /** Builds the JDK's client, which may fail, as where too many files are open. */
    @FunctionalInterface
    interface ClientBuilder {

        /**
         * Builds one.
         *
         * @param selector runs the tasks of the client
         */
        HttpClient build(Settings.Upstream settings, Executor selector);
    }

    /** Everything that changes together when the settings change. */
    record Wire(
            Settings.Upstream settings,
            CompletableFuture<HttpClient> http,
            SelectorThread selector,
            QwenHeaders headers) {

        /** Whether calls can be made: the client could be built, as far as that is known, and has its thread. */
        boolean isSound() {
            return !http.isCompletedExceptionally() && !selector.hasDied();
        }

        /**
         * The header that opens the proxy. It is sent ahead rather than through an {@code Authenticator}, which would
         * be asked by the upstream as well, and with which the client breaks on every plain 401.
         */
        Optional<String> proxyLogin() {
            return settings.proxy()
                    .flatMap(Settings.Proxy::login)
                    .map(login -> login.user() + ":" + login.password().reveal())
                    .map(login ->
                            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
    }

    UpstreamRoute(Settings.Upstream settings, Clock clock) {
        this(settings, clock, UpstreamRoute::http);
    }

    UpstreamRoute(Settings.Upstream settings, Clock clock, ClientBuilder builder) {
        this.clock = clock;
        this.builder = builder;
        setUnlessSet(READ_BUFFER, "4096");
        setUnlessSet(KEPT_ALIVE, "30");
        setUnlessSet(TUNNEL_LOGINS_OFF, "");
        // Reading the JDK's certificates takes a fifth of the start, and nothing waits for them before the first
        // request.
        this.wire = built(settings);
    }

    private Wire built(Settings.Upstream settings) {
        var selector = new SelectorThread();
        return new Wire(
                settings,
                CompletableFuture.supplyAsync(() -> builder.build(settings, selector)),
                selector,
                new QwenHeaders(settings.headers(), clock));
    }

    /** What the owner said on the command line stays. The JDK reads it only before the first client is built. */
    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** The route for a call that begins now; rebuilt where its client could not be built or has lost its thread. */
    Wire present() {
        Wire now = wire;
        return now.isSound() ? now : rebuilt();
    }

    /** Whether there is a client that still has its thread; where there is none, a new one is built. */
    boolean isSound() {
        boolean sound = wire.isSound();
        present();
        return sound;
    }

    private synchronized Wire rebuilt() {
        if (wire.selector().hasDied()) {
            LOG.error("[UPSTREAM] the thread of the HTTP client has died; a new client takes its place");
            wire = built(wire.settings());
        } else if (!wire.isSound()) {
            wire.http().exceptionally(UpstreamRoute::unbuilt);
            wire = built(wire.settings());
        }
        return wire;
    }

    private static @Nullable HttpClient unbuilt(Throwable why) {
        LOG.error("[UPSTREAM] the HTTP client could not be built and is built once more: {}", why.toString());
        return null;
    }

    /**
     * Puts other settings in force for calls that begin from now on. The JVM closes an unreferenced client under its
     * running calls, so a new one is made only where the proxy changed, and the old ones are kept for a while.
     *
     * @throws CompletionException when no client can be built; then nothing has changed
     */
    synchronized void apply(Settings.Upstream settings) {
        Wire before = wire;
        if (before.settings().proxy().equals(settings.proxy())) {
            var headers = new QwenHeaders(settings.headers(), clock);
            wire = new Wire(settings, before.http(), before.selector(), headers);
            return;
        }
        Wire next = built(settings);
        next.http().join();
        retired.addLast(before.http());
        if (retired.size() > RETIRED_KEPT) {
            retired.removeFirst();
        }
        wire = next;
    }

    /**
     * A client whose selector thread also takes the replies apart, which saves a change of thread for every piece of
     * every stream. Nothing that is called there may block: pieces go into an {@link AttemptEvents}, small bodies are
     * gathered.
     */
    private static HttpClient http(Settings.Upstream settings, Executor selector) {
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(selector);
        settings.proxy()
                .map(proxy -> InetSocketAddress.createUnresolved(proxy.host(), proxy.port()))
                .ifPresent(proxy -> http.proxy(ProxySelector.of(proxy)));
        return http.build();
    }

    /**
     * Runs a client's tasks where they arise, in its selector thread, and knows whether that thread has died: then no
     * call of the client ends but by its time limit. Thread-safe.
     */
    static final class SelectorThread implements Executor {

        private volatile @Nullable Thread thread;

        @Override
        public void execute(Runnable task) {
            Thread current = Thread.currentThread();
            if (thread != current && current.getName().endsWith("SelectorManager")) {
                thread = current;
            }
            task.run();
        }

        /** False as long as the thread has not been seen. */
        boolean hasDied() {
            Thread seen = thread;
            return seen != null && !seen.isAlive();
        }
    }
}
