package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.chat.Model;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.WireFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelCacheTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration A_WHILE = Duration.ofSeconds(31);

    private final Bench bench = new Bench();
    private final MovableClock clock = new MovableClock();
    private final List<String> kept = new CopyOnWriteArrayList<>();

    /** Renewals in the background happen at once. */
    private final ModelCache cache = new ModelCache(bench.client, HOUR, List::of, clock, Runnable::run, kept::add);

    @AfterEach
    void close() {
        bench.close();
    }

    private List<String> ids() {
        return ids(cache.models());
    }

    private static List<String> ids(List<Model> models) {
        return models.stream().map(Model::id).toList();
    }

    private int asked() {
        return bench.fake.recorder().requests(Endpoint.MODELS).size();
    }

    @Test
    void the_list_is_asked_for_once_and_kept() {
        assertEquals(bench.fake.models().ids(), ids());
        assertEquals(bench.fake.models().ids(), ids());
        assertEquals(1, asked());
        assertEquals(1, kept.size());
        assertTrue(
                bench.fake
                        .recorder()
                        .last(Endpoint.MODELS)
                        .orElseThrow()
                        .token()
                        .isEmpty(),
                "no account is needed");
    }

    @Test
    void a_session_shows_more_models_and_another_account_is_asked_again() {
        var accounts = new CopyOnWriteArrayList<Account>();
        var signedIn = new ModelCache(bench.client, HOUR, () -> List.copyOf(accounts), clock, Runnable::run, kept::add);
        Reply few = Reply.json("{\"data\":[{\"id\":\"qwen3.7-plus\"}]}");
        bench.fake
                .faults()
                .add(Refusals.reply(few)
                        .on(Endpoint.MODELS)
                        .when(request -> request.token().isEmpty()));
        assertEquals(List.of("qwen3.7-plus"), ids(signedIn.models()));
        accounts.add(bench.account);
        signedIn.models();
        assertEquals(bench.fake.models().ids(), ids(signedIn.models()));
        accounts.clear();
        signedIn.models();
        assertEquals(List.of("qwen3.7-plus"), ids(signedIn.models()));
    }

    @Test
    void a_session_that_is_dead_is_no_hindrance() {
        var signedIn =
                new ModelCache(bench.client, HOUR, () -> List.of(bench.account), clock, Runnable::run, kept::add);
        bench.fake
                .faults()
                .add(Refusals.unauthorized401()
                        .on(Endpoint.MODELS, Endpoint.MODELS_V2)
                        .when(request -> request.token().isPresent()));
        assertEquals(bench.fake.models().ids(), ids(signedIn.models()));
    }

    @Test
    void a_list_that_has_grown_old_serves_while_it_is_renewed() {
        ids();
        bench.fake.models().retire("qwen3.7-max");
        clock.advance(HOUR);
        assertTrue(ids().contains("qwen3.7-max")
                || ids().equals(bench.fake.models().ids()));
        assertEquals(bench.fake.models().ids(), ids());
        assertEquals(2, asked());
    }

    @Test
    void the_newer_route_serves_where_the_older_does_not() {
        bench.fake.faults().add(Refusals.wafHtml().on(Endpoint.MODELS));
        assertEquals(bench.fake.models().ids(), ids());
        assertEquals(1, bench.fake.recorder().requests(Endpoint.MODELS_V2).size());
    }

    @Test
    void a_failure_is_not_repeated_for_half_a_minute_and_the_last_good_list_stays() {
        ids();
        clock.advance(HOUR);
        try (var fault = bench.fake.faults().add(Refusals.http500().on(Endpoint.MODELS, Endpoint.MODELS_V2))) {
            for (int i = 0; i < 5; i++) {
                assertEquals(bench.fake.models().ids(), ids());
                assertEquals(bench.fake.models().ids(), ids(cache.refresh()));
            }
            assertEquals(2, asked());
        }
        bench.fake.models().retire("qwen3.7-max");
        clock.advance(A_WHILE);
        assertEquals(bench.fake.models().ids(), ids(cache.refresh()));
    }

    @Test
    void with_nothing_known_and_nobody_to_ask_there_are_no_models() {
        bench.fake.faults().add(WireFaults.resetBeforeFirstByte().on(Endpoint.MODELS, Endpoint.MODELS_V2));
        assertEquals(List.of(), ids());
        assertEquals(List.of(), ids());
    }

    @Test
    void a_list_of_an_earlier_run_serves_until_a_newer_one_is_there() {
        bench.fake.faults().add(Refusals.http500().on(Endpoint.MODELS, Endpoint.MODELS_V2));
        cache.remember("{\"data\":[{\"id\":\"of-yesterday\"}]}");
        assertEquals(List.of("of-yesterday"), ids());
        bench.fake.faults().clear();
        clock.advance(A_WHILE);
        cache.refresh();
        assertEquals(bench.fake.models().ids(), ids());
    }

    @Test
    void many_who_ask_at_once_cause_one_request() throws Exception {
        var pool = Executors.newFixedThreadPool(8);
        try {
            var asking = new ArrayList<Callable<List<Model>>>();
            for (int i = 0; i < 32; i++) {
                asking.add(i % 2 == 0 ? cache::models : cache::refresh);
            }
            for (Future<List<Model>> told : pool.invokeAll(asking)) {
                assertEquals(bench.fake.models().ids(), ids(told.get()));
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(1, asked());
    }

    @Test
    void a_clock_that_is_set_back_does_not_keep_the_list_from_being_asked_for() {
        bench.fake.faults().add(WireFaults.resetBeforeFirstByte().on(Endpoint.MODELS, Endpoint.MODELS_V2));
        assertEquals(List.of(), ids());
        int before = asked();
        clock.advance(Duration.ofHours(-3));
        ids();
        assertTrue(asked() > before);
    }
}
