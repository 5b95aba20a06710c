package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.WireFaults;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the calls around an answer when the wire is bad. */
@Timeout(60)
class QwenClientTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    private final Set<Thread> before = selectorThreads();
    private final Bench bench = new Bench();
    private final QwenClient client = bench.impatient(SHORT);

    @AfterEach
    void close() {
        bench.close();
    }

    /** The calls that are over before they are noticed, if all is well. */
    enum Call {
        NEW_CHAT(Endpoint.CHATS_NEW),
        STOP(Endpoint.STOP),
        DELETE(Endpoint.CHAT_DELETE),
        TASK(Endpoint.TASK_V1),
        WHO_AM_I(Endpoint.AUTHS),
        RENEW(Endpoint.REFRESH),
        MODELS(Endpoint.MODELS),
        AS_PAGE(Endpoint.STS_V2);

        final Endpoint endpoint;

        Call(Endpoint endpoint) {
            this.endpoint = endpoint;
        }
    }

    private CompletableFuture<HttpResponse<byte[]>> begin(Call call) {
        return switch (call) {
            case NEW_CHAT ->
                client.newChat(bench.account, WebRequestWriter.newChat(Questions.prompt("hi"), Instant.now()));
            case STOP -> client.stop(bench.account, "chat", new byte[] {'{', '}'});
            case DELETE -> client.delete(bench.account, "chat");
            case TASK -> client.task(bench.account, "v1", "task");
            case WHO_AM_I -> client.whoAmI(bench.account, SHORT);
            case RENEW -> client.renew(bench.account, changes -> {});
            case MODELS -> client.read("/api/models", SHORT, 1_000_000);
            case AS_PAGE -> client.postAsPage(bench.account, "/api/v2/files/getstsToken", new byte[] {'{', '}'});
        };
    }

    @ParameterizedTest
    @EnumSource
    void a_reply_that_stalls_in_its_body_is_given_up_and_its_connection_closed(Call call) {
        bench.fake.faults().add(WireFaults.stallAtByte(1).on(call.endpoint));

        Throwable late =
                assertThrows(CompletionException.class, begin(call)::join).getCause();

        assertInstanceOf(TimeoutException.class, late);
        assertEquals(FailureKind.SILENT, TransportErrors.of(late).kind());
        assertTrue(bench.fake.awaitOpenConnections(0, Bench.SOON), "nothing is left of it");
    }

    @Test
    void a_chat_is_asked_for_once_more_where_the_connection_breaks() throws Exception {
        bench.fake
                .faults()
                .add(WireFaults.resetBeforeFirstByte().on(Endpoint.CHATS_NEW).once());

        String story = bench.story(Questions.of("echo: one two"));

        assertTrue(story.contains("two"), story);
        assertEquals(2, bench.fake.recorder().requests(Endpoint.CHATS_NEW).size());
    }

    @Test
    void a_question_is_asked_once_however_the_connection_breaks() throws Exception {
        bench.fake.faults().add(WireFaults.resetBeforeFirstByte());

        bench.story(Questions.of("hi"));

        assertEquals(1, bench.fake.recorder().completions().size(), "it may be under way already");
    }

    /** An interrupt ends the JDK's selector thread as an OutOfMemoryError does. */
    @Test
    void a_client_whose_selector_thread_died_is_built_anew() throws Exception {
        assertEquals(200, begin(Call.NEW_CHAT).join().statusCode());
        assertTrue(client.isSound());
        var ours = selectorThreads();
        ours.removeAll(before);
        for (Thread thread : ours) {
            thread.interrupt();
            thread.join(10_000);
        }

        assertFalse(client.isSound(), "readiness knows");
        assertEquals(200, begin(Call.NEW_CHAT).join().statusCode());
        assertTrue(client.isSound());
    }

    private static Set<Thread> selectorThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().endsWith("SelectorManager"))
                .collect(Collectors.toCollection(HashSet::new));
    }
}
