package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.Settings;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of calls while the JDK's client cannot be built, as where too many files are open. */
@Timeout(60)
class UpstreamRouteTest {

    private final Bench bench = new Bench();
    private final Settings.Upstream settings = Bench.settings(bench.fake.baseUrl(), Optional.empty());
    private final AtomicInteger failures = new AtomicInteger();

    @AfterEach
    void close() {
        bench.close();
    }

    private HttpClient build(Settings.Upstream with, Executor selector) {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new UncheckedIOException(new IOException("Too many open files"));
        }
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(selector)
                .build();
    }

    private QwenClient client(int failing) {
        failures.set(failing);
        var route = new UpstreamRoute(settings, Clock.systemUTC(), this::build);
        return new QwenClient(route, Clock.systemUTC(), (account, changes) -> {}, Duration.ofSeconds(10));
    }

    private CompletableFuture<HttpResponse<byte[]>> call(QwenClient client) {
        return client.whoAmI(bench.account, Duration.ofSeconds(10));
    }

    @Test
    void a_client_that_could_not_be_built_fails_the_call_and_no_account_pays_for_it() {
        QwenClient client = client(Integer.MAX_VALUE);

        CompletableFuture<HttpResponse<byte[]>> call = call(client);

        Throwable failed = assertThrows(CompletionException.class, call::join);
        assertEquals(FailureKind.UNREACHABLE, TransportErrors.of(failed).kind());
    }

    @Test
    void a_client_that_could_not_be_built_is_built_once_more_for_a_later_call() {
        QwenClient client = client(2);

        List<Integer> statuses = Stream.generate(() -> call(client))
                .limit(3)
                .map(call -> call.handle((reply, failed) -> reply == null ? 0 : reply.statusCode())
                        .join())
                .toList();

        assertEquals(200, statuses.get(2), statuses.toString());
        assertTrue(client.isSound());
    }

    @Test
    void a_proxy_whose_client_cannot_be_built_changes_nothing() {
        QwenClient client = client(0);
        assertEquals(200, call(client).join().statusCode());
        var proxy = new Settings.Proxy("127.0.0.1", 9, Optional.empty());
        Settings.Upstream through = Bench.settings(bench.fake.baseUrl(), Optional.of(proxy));
        failures.set(1);

        assertThrows(CompletionException.class, () -> client.apply(through));

        assertEquals(200, call(client).join().statusCode());
    }
}
