package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.config.Settings;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sends requests to the web API. HTTP/1.1, because every fault that matters was tried over it; redirects are not
 * followed, because the service never redirects an API call to anything but a sign-in page. Thread-safe.
 */
public final class QwenClient implements Uploader.Transport {

    private static final Duration SHORT_CALL = Duration.ofSeconds(30);
    private static final int LARGEST_CHAT = 4 << 20;

    private final DeadlineTimer deadlineTimer = new DeadlineTimer(System::nanoTime);
    private final Clock clock;
    private final CookieListener cookies;
    private final Duration shortCall;
    private final UpstreamRoute route;

    /** Takes the cookies that a reply sets, in the thread that brings it; an empty value takes one away. */
    @FunctionalInterface
    public interface CookieListener {
        void cookiesSet(Account asked, Map<String, String> cookies);
    }

    public QwenClient(Settings.Upstream settings, Clock clock, CookieListener cookies) {
        this(settings, clock, cookies, SHORT_CALL);
    }

    /** @param shortCall how long a call may take that is no answer */
    QwenClient(Settings.Upstream settings, Clock clock, CookieListener cookies, Duration shortCall) {
        this(new UpstreamRoute(settings, clock), clock, cookies, shortCall);
    }

    QwenClient(UpstreamRoute route, Clock clock, CookieListener cookies, Duration shortCall) {
        this.shortCall = shortCall;
        this.clock = clock;
        this.cookies = cookies;
        this.route = route;
    }

    /** Puts other settings in force for calls that begin from now on. */
    public void apply(Settings.Upstream settings) {
        route.apply(settings);
    }

    /** Whether calls can reach the upstream; false once after the client was lost or not built, and built anew. */
    public boolean isSound() {
        return route.isSound();
    }

    /** Receives the outcome of one request. */
    public AttemptEvents events() {
        return new AttemptEvents(deadlineTimer);
    }

    /**
     * Creates a chat. Sent once more if the connection breaks: the upstream may have closed an idle connection, and an
     * extra empty chat does no harm. No other POST is repeated, because the upstream may have begun it.
     */
    CompletableFuture<HttpResponse<byte[]>> newChat(Account account, byte[] body) {
        Supplier<CompletableFuture<HttpResponse<byte[]>>> asking =
                () -> post("/api/v2/chats/new", "/c/new-chat", account, body);
        return asking.get()
                .exceptionallyCompose(broken -> TransportErrors.isBrokenConnection(broken)
                        ? asking.get()
                        : CompletableFuture.failedFuture(broken));
    }

    /** Asks for an answer; the handler says what becomes of the body. */
    CompletableFuture<HttpResponse<Void>> complete(
            Account account, String chatId, byte[] body, BodyHandler<Void> handler) {
        BodyHandler<Void> taking = info -> {
            tell(account, info.headers());
            return handler.apply(info);
        };
        return send(
                now -> posting(now, "/api/v2/chat/completions?chat_id=" + chatId, "/c/" + chatId, account, body)
                        .setHeader("Accept", "application/json")
                        .setHeader("x-accel-buffering", "no"),
                taking);
    }

    /** Stops a generation, which closing its stream does not. */
    CompletableFuture<HttpResponse<byte[]>> stop(Account account, String chatId, byte[] body) {
        return post("/api/v2/chat/completions/stop?chat_id=" + chatId, "/c/" + chatId, account, body);
    }

    CompletableFuture<HttpResponse<byte[]>> delete(Account account, String chatId) {
        return call(
                shortCall,
                now -> ofPage(now, "/api/v2/chats/" + chatId, "/", account).DELETE(),
                takingCookies(account, BoundedBodySubscriber.REFUSAL));
    }

    /**
     * Asks for a new token with the refresh token in the jar.
     *
     * @param head is told what the reply sets, which a body that never comes does not take back; the listener is not
     */
    CompletableFuture<HttpResponse<byte[]>> renew(Account account, Consumer<Map<String, String>> head) {
        return call(
                shortCall,
                now -> {
                    URI address = URI.create(now.settings().authUrl() + "/api/v2/auths/refresh");
                    return withLogin(now, now.headers().renewal(address, account.credential()));
                },
                BoundedBodySubscriber.handler(
                        BoundedBodySubscriber.REFUSAL,
                        headers -> head.accept(RenewalReply.setCookies(headers, clock.instant()))));
    }

    /** Reads the state of a video that is being made. */
    CompletableFuture<HttpResponse<byte[]>> task(Account account, String version, String taskId) {
        return read(account, "/api/" + version + "/tasks/status/" + taskId, shortCall, BoundedBodySubscriber.REFUSAL);
    }

    /** Reads whose session this is. */
    CompletableFuture<HttpResponse<byte[]>> whoAmI(Account account, Duration timeout) {
        return read(account, "/api/v1/auths/", timeout, BoundedBodySubscriber.REFUSAL);
    }

    CompletableFuture<HttpResponse<byte[]>> chat(Account account, String chatId) {
        return read(account, "/api/v2/chats/" + chatId, shortCall, LARGEST_CHAT);
    }

    /** Reads something as the page of an account does. */
    CompletableFuture<HttpResponse<byte[]>> read(Account account, String path, Duration timeout, int mostBytes) {
        return call(timeout, now -> ofPage(now, path, "/", account), takingCookies(account, mostBytes));
    }

    @Override
    public boolean isOwnHost(URI address) {
        URI base = route.present().settings().chatUrl();
        return String.valueOf(base.getScheme()).equalsIgnoreCase(address.getScheme())
                && String.valueOf(base.getRawAuthority()).equals(address.getRawAuthority());
    }

    /** Whether the web API is reached at its public address, not at one that the owner put in its place. */
    boolean isPublic() {
        return QwenHeaders.SITE.equals(route.present().settings().chatUrl().toString());
    }

    /** Reads something that needs no account. */
    CompletableFuture<HttpResponse<byte[]>> read(String path, Duration timeout, int mostBytes) {
        return call(
                timeout,
                now -> withLogin(now, now.headers().request(address(now, path), "/")),
                info -> new BoundedBodySubscriber(mostBytes));
    }

    /** Posts JSON as the signed-in page does, to a path that starts no chat. */
    @Override
    public CompletableFuture<HttpResponse<byte[]>> postAsPage(Account account, String path, byte[] body) {
        return post(path, "/", account, body);
    }

    private CompletableFuture<HttpResponse<byte[]>> post(String path, String referer, Account account, byte[] body) {
        return call(
                shortCall,
                now -> posting(now, path, referer, account, body),
                takingCookies(account, BoundedBodySubscriber.REFUSAL));
    }

    /**
     * Sends a request that is no browser's, over the same way out. Its reply may take as long as it likes.
     *
     * @param writing given the base address of the web API; what it throws fails the call
     */
    public <T> CompletableFuture<HttpResponse<T>> sendPlain(
            Function<URI, HttpRequest.Builder> writing, BodyHandler<T> handler) {
        return send(plain(writing), handler);
    }

    /**
     * The same for a reply that ought to be small, and at its end before {@code whole} is over.
     *
     * @param writing given the base address of the web API; what it throws fails the call
     */
    @Override
    public CompletableFuture<HttpResponse<byte[]>> callPlain(
            Duration whole, Function<URI, HttpRequest.Builder> writing) {
        return call(whole, plain(writing), info -> new BoundedBodySubscriber(BoundedBodySubscriber.REFUSAL));
    }

    private static Function<UpstreamRoute.Wire, HttpRequest.Builder> plain(Function<URI, HttpRequest.Builder> writing) {
        return now -> withLogin(now, writing.apply(now.settings().chatUrl()));
    }

    private static HttpRequest.Builder posting(
            UpstreamRoute.Wire wire, String path, String referer, Account account, byte[] body) {
        return ofPage(wire, path, referer, account)
                .POST(BodyPublishers.ofByteArray(body))
                .setHeader("Content-Type", "application/json");
    }

    /** A request as the page of an account sends it. */
    private static HttpRequest.Builder ofPage(UpstreamRoute.Wire wire, String path, String referer, Account account) {
        return withLogin(wire, wire.headers().request(address(wire, path), referer, account.credential()));
    }

    private static URI address(UpstreamRoute.Wire wire, String path) {
        return URI.create(wire.settings().chatUrl() + path);
    }

    private static HttpRequest.Builder withLogin(UpstreamRoute.Wire wire, HttpRequest.Builder request) {
        wire.proxyLogin().ifPresent(login -> request.setHeader("Proxy-Authorization", login));
        return request;
    }

    /**
     * Sends a request whose reply has to be whole before {@code whole} is over. The JDK's own time limit ends with the
     * reply's headers (seen on 17 to 25): a body that stalls would be waited for until the process ends.
     */
    private <T> CompletableFuture<HttpResponse<T>> call(
            Duration whole, Function<UpstreamRoute.Wire, HttpRequest.Builder> writing, BodyHandler<T> handler) {
        CompletableFuture<HttpResponse<T>> sent = send(writing, handler);
        return sent.copy().orTimeout(whole.toMillis(), TimeUnit.MILLISECONDS).whenComplete((reply, broken) -> {
            if (broken != null) {
                sent.cancel(true);
            }
        });
    }

    /** Whatever prevents a request, such as a header that cannot stand in one, fails the call and not its caller. */
    private <T> CompletableFuture<HttpResponse<T>> send(
            Function<UpstreamRoute.Wire, HttpRequest.Builder> writing, BodyHandler<T> handler) {
        UpstreamRoute.Wire now = route.present();
        try {
            return now.http().join().sendAsync(writing.apply(now).build(), handler);
        } catch (CompletionException unbuilt) {
            var failure = Failure.of(FailureKind.UNREACHABLE, "the HTTP client of the gateway could not be built");
            return CompletableFuture.failedFuture(new UpstreamException(failure, unbuilt));
        } catch (RuntimeException unsent) {
            return CompletableFuture.failedFuture(unsent);
        }
    }

    private BodyHandler<byte[]> takingCookies(Account account, int mostBytes) {
        return BoundedBodySubscriber.handler(mostBytes, headers -> tell(account, headers));
    }

    private void tell(Account account, HttpHeaders headers) {
        Map<String, String> changes = RenewalReply.setCookies(headers, clock.instant());
        if (!changes.isEmpty()) {
            cookies.cookiesSet(account, changes);
        }
    }
}
