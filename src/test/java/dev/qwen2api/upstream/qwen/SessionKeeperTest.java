package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.fakeqwen.Endpoint;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionKeeperTest {

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** The JDK resolves the name of a host in the thread that sends a request to it, here under the keeper's lock. */
    @Test
    void a_renewal_is_sent_by_the_executor_and_not_by_the_request_that_needs_it() throws Exception {
        var tasks = new ConcurrentLinkedQueue<Runnable>();
        var keeper = new SessionKeeper(
                bench.client,
                bench.registry,
                asked -> bench.ring.find(asked.id(), asked.credential().userId()),
                Clock.systemUTC(),
                tasks::add);
        Account owned = bench.ring.statuses().get(0).account();

        CompletableFuture<Account> renewed = keeper.renewed(owned, SessionKeeper.ENDED);

        assertEquals(1, tasks.size(), "the request is yet to be sent");
        assertTrue(bench.fake.recorder().requests(Endpoint.REFRESH).isEmpty());
        while (!renewed.isDone()) {
            Optional.ofNullable(tasks.poll()).ifPresent(Runnable::run);
            Thread.onSpinWait();
        }
        assertNotEquals(
                owned.credential().token(),
                renewed.get(1, TimeUnit.SECONDS).credential().token());
    }
}
