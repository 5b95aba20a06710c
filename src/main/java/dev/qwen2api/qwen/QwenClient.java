package dev.qwen2api.qwen;

import dev.qwen2api.account.Account;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Sends requests to the web API. HTTP/1.1, because every fault that matters was tried over it; redirects are not followed,
 * because the service never redirects an API call to anything but a sign-in page. Thread-safe.
 */
public final class QwenClient {

    private static final Duration SHORT_CALL = Duration.ofSeconds(30);
    private static final String RETRY_POST = "jdk.httpclient.enableAllMethodRetry";
    private static final int RETIRED_KEPT = 4;

    private final Clock clock;
    private final Executor executor;
    private final CookieListener cookies;
    private final Deque<HttpClient> retired = new ArrayDeque<>();
    private volatile Wire wire;

    /** Everything that changes together when the settings change. */
    private record Wire(UpstreamSettings settings, HttpClient http, QwenHeaders headers) {
        URI base() {
            return settings.chat();
        }
    }

    public QwenClient(UpstreamSettings settings, Clock clock, Executor executor, CookieListener cookies) {
        this.clock = clock;
        this.executor = executor;
        this.cookies = cookies;
        retryOnStaleConnections();
        this.wire = new Wire(settings, http(settings), new QwenHeaders(settings.headers(), clock));
    }

    /**
     * Puts other settings in force for calls that begin from now on. A client that nobody refers to is closed under its running
     * calls by the JVM, so a new one is made only where the way out changed, and the old ones are kept for a while.
     */
    public synchronized void obey(UpstreamSettings settings) {
        UpstreamSettings before = wire.settings();
        boolean sameWay = before.proxy().equals(settings.proxy())
                && before.connectTimeout().equals(settings.connectTimeout());
        HttpClient http = wire.http();
        if (!sameWay) {
            retired.addLast(http);
            if (retired.size() > RETIRED_KEPT) {
                retired.removeFirst();
            }
            http = http(settings);
        }
        wire = new Wire(settings, http, new QwenHeaders(settings.headers(), clock));
    }

    /**
     * A pooled connection that the upstream closed while nobody looked fails the request that is sent on it next. The JDK tries
     * such a request again on a fresh connection, but a POST only if told so; nothing was processed then.
     */
    private static void retryOnStaleConnections() {
        if (System.getProperty(RETRY_POST) == null) {
            System.setProperty(RETRY_POST, "true");
        }
    }

    private HttpClient http(UpstreamSettings settings) {
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(executor);
        settings.proxy().ifPresent(proxy -> through(proxy, http));
        return http.build();
    }

    private static void through(UpstreamSettings.Proxy proxy, HttpClient.Builder http) {
        http.proxy(ProxySelector.of(InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
        proxy.login()
                .ifPresent(login -> http.authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication(
                                login.user(), login.password().toCharArray());
                    }
                }));
    }

    /** Creates a chat. */
    CompletableFuture<HttpResponse<byte[]>> newChat(Account account, byte[] body) {
        Wire now = wire;
        HttpRequest request = post(now, "/api/v2/chats/new", "/c/new-chat", account, body)
                .timeout(SHORT_CALL)
                .build();
        return now.http().sendAsync(request, SmallBody.handler(taking(account)));
    }

    /** Asks for an answer; the handler says what becomes of the body. */
    CompletableFuture<HttpResponse<Void>> complete(
            Account account, String chatId, byte[] body, BodyHandler<Void> handler) {
        Wire now = wire;
        HttpRequest request = post(now, "/api/v2/chat/completions?chat_id=" + chatId, "/c/" + chatId, account, body)
                .setHeader("Accept", "application/json")
                .setHeader("x-accel-buffering", "no")
                .build();
        return now.http().sendAsync(request, info -> {
            tell(account, SetCookies.changes(info.headers()));
            return handler.apply(info);
        });
    }

    /** Stops a generation, which closing its stream does not. */
    CompletableFuture<HttpResponse<byte[]>> stop(Account account, String chatId, byte[] body) {
        Wire now = wire;
        HttpRequest request = post(
                        now, "/api/v2/chat/completions/stop?chat_id=" + chatId, "/c/" + chatId, account, body)
                .timeout(SHORT_CALL)
                .build();
        return now.http().sendAsync(request, SmallBody.handler(taking(account)));
    }

    CompletableFuture<HttpResponse<byte[]>> delete(Account account, String chatId) {
        Wire now = wire;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(now.base() + "/api/v2/chats/" + chatId))
                .DELETE()
                .timeout(SHORT_CALL);
        now.headers().dress(request, now.base(), "/", account.credential());
        return now.http().sendAsync(request.build(), SmallBody.handler(taking(account)));
    }

    /** Reads something that needs no account. */
    CompletableFuture<HttpResponse<byte[]>> read(String path, Duration timeout, int mostBytes) {
        Wire now = wire;
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(now.base() + path)).timeout(timeout);
        now.headers().dress(request, now.base(), "/");
        return now.http().sendAsync(request.build(), info -> new SmallBody(mostBytes));
    }

    private static HttpRequest.Builder post(Wire wire, String path, String referer, Account account, byte[] body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(wire.base() + path)).POST(BodyPublishers.ofByteArray(body));
        wire.headers().dress(request, wire.base(), referer, account.credential());
        return request.setHeader("Content-Type", "application/json");
    }

    private SmallBody.HeaderListener taking(Account account) {
        return headers -> tell(account, SetCookies.changes(headers));
    }

    private void tell(Account account, Map<String, String> changes) {
        if (!changes.isEmpty()) {
            cookies.cookiesSet(account.id(), changes);
        }
    }
}
