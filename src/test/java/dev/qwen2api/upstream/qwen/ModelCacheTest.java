package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.MemoryAccounts;
import dev.qwen2api.account.MemoryHealth;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.chat.Model;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.WireFaults;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final MovableClock clock = new MovableClock(Instant.now(), ZoneOffset.UTC);
    private final List<String> kept = new CopyOnWriteArrayList<>();

    private final AccountRing ring = new AccountRing(
            clock,
            System::nanoTime,
            CooldownPolicy.of(3, Duration.ofMinutes(5)),
            new RingLimits(0, Duration.ZERO),
            new MemoryHealth());
    private final AccountRegistry registry = new AccountRegistry(ring, new MemoryAccounts(), clock);

    /** Renewals in the background happen at once. */
    private final ModelCache cache = new ModelCache(
            bench.client,
            HOUR,
            ring,
            new SessionKeeper(bench.client, registry, ring::find, clock, bench.threads),
            clock,
            Runnable::run,
            kept::add);

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

    private int renewals() {
        return bench.fake.recorder().requests(Endpoint.REFRESH).size();
    }

    private List<String> open() {
        return bench.fake.models().openIds();
    }

    private List<String> whole() {
        return bench.fake.models().ids();
    }

    private void accounts(String... cookies) {
        registry.start(List.of(cookies), new MemoryHealth());
    }

    /** Two accounts whose sessions cannot be renewed. */
    private void twoAccounts() {
        accounts(
                "token=" + bench.fake.accounts().token("one"),
                "token=" + bench.fake.accounts().token("two"));
    }

    private void fails(int account, FailureKind kind) {
        ring.checked(new AccountId(account), Failure.of(kind, "as the test wants it"));
    }

    private Fault refused(Fault fault) {
        return fault.on(Endpoint.MODELS, Endpoint.MODELS_V2)
                .when(request -> request.token().isPresent());
    }

    @Test
    void the_list_is_asked_for_once_and_kept() {
        assertEquals(open(), ids());
        assertEquals(open(), ids());
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
        assertEquals(open(), ids());
        accounts(bench.fake.accounts().cookie(bench.user));
        ids();
        assertEquals(whole(), ids());
        ring.replace(List.of());
        ids();
        assertEquals(open(), ids());
    }

    @Test
    void a_session_that_is_dead_is_no_hindrance() {
        accounts("token=" + bench.fake.accounts().token(bench.user));
        bench.fake.faults().add(refused(Refusals.unauthorized401()));
        assertEquals(open(), ids());
    }

    @Test
    void the_list_is_read_with_the_first_session_that_lives() {
        twoAccounts();
        fails(1, FailureKind.EXPIRED);
        assertEquals(whole(), ids());
        assertEquals(1, asked());
    }

    @Test
    void an_account_that_is_limited_still_shows_the_list() {
        twoAccounts();
        fails(1, FailureKind.EXPIRED);
        fails(2, FailureKind.QUOTA_EXHAUSTED);
        assertEquals(whole(), ids());
    }

    @Test
    void a_session_that_has_ended_is_renewed_before_the_list_is_read_with_it() {
        accounts("refresh_token=" + bench.fake.accounts().refreshToken(bench.user));
        assertEquals(whole(), ids(cache.refresh()));
        assertEquals(1, renewals());
        assertEquals(1, asked());
    }

    @Test
    void the_very_first_list_does_not_wait_for_a_renewal_and_the_whole_one_follows_at_once() {
        accounts("refresh_token=" + bench.fake.accounts().refreshToken(bench.user));
        assertEquals(open(), ids());
        assertEquals(0, renewals());
        ids();
        assertEquals(whole(), ids());
        assertEquals(1, renewals());
    }

    @Test
    void a_session_that_needs_no_renewal_is_used_first() {
        accounts(
                "refresh_token=" + bench.fake.accounts().refreshToken("one"),
                "token=" + bench.fake.accounts().token("two"));
        assertEquals(whole(), ids());
        assertEquals(0, renewals());
    }

    @Test
    void a_session_that_the_service_calls_dead_is_renewed_and_reads_the_list_again() {
        String dead = bench.fake.accounts().token(bench.user);
        accounts(bench.fake.accounts().cookie(bench.user, dead));
        bench.fake
                .faults()
                .add(refused(Refusals.unauthorized401())
                        .when(request -> request.token().filter(dead::equals).isPresent()));
        assertEquals(whole(), ids(cache.refresh()));
        assertEquals(1, renewals());
    }

    @Test
    void what_anyone_is_shown_is_read_again_soon_while_a_session_lives() {
        twoAccounts();
        try (var fault = bench.fake.faults().add(refused(Refusals.http500()))) {
            assertEquals(open(), ids());
            assertEquals(open(), ids());
            assertEquals(3, asked(), "each account once, and without one");
        }
        clock.advance(A_WHILE);
        ids();
        assertEquals(whole(), ids());
        assertEquals(4, asked());
    }

    @Test
    void a_list_of_a_session_that_turns_out_to_be_dead_is_read_again_with_a_living_one() {
        String dead = bench.fake.accounts().token("one");
        accounts("token=" + dead, "token=" + bench.fake.accounts().token("two"));
        bench.fake.accounts().revoke(dead);
        assertEquals(open(), ids());
        fails(1, FailureKind.EXPIRED);
        ids();
        assertEquals(whole(), ids());
        assertEquals(2, asked());
    }

    @Test
    void a_list_of_a_session_that_was_renewed_long_before_its_end_is_read_again_and_of_any_other_is_not() {
        String dead = bench.fake.accounts().token(bench.user);
        accounts("token=" + dead);
        bench.fake.accounts().revoke(dead);
        assertEquals(open(), ids());
        String fresh = bench.fake.accounts().token(bench.user, clock.instant().plusSeconds(60));
        registry.renew(ring.all().get(0), Map.of("token", fresh));
        ids();
        assertEquals(whole(), ids());
        String next = bench.fake.accounts().token(bench.user);
        registry.renew(ring.all().get(0), Map.of("token", next));
        assertEquals(whole(), ids());
        assertEquals(2, asked());
    }

    @Test
    void what_anyone_is_shown_does_not_take_the_place_of_the_whole_list() {
        twoAccounts();
        assertEquals(whole(), ids());
        clock.advance(HOUR);
        bench.fake.faults().add(refused(Refusals.http500()));
        ids();
        assertEquals(whole(), ids());
        bench.fake.faults().clear();
        fails(1, FailureKind.EXPIRED);
        fails(2, FailureKind.EXPIRED);
        int before = asked();
        clock.advance(A_WHILE);
        ids();
        assertEquals(whole(), ids());
        assertEquals(before, asked(), "nobody is asked who knows less");
    }

    @Test
    void a_list_that_has_grown_old_serves_while_it_is_renewed() {
        ids();
        bench.fake.models().retire("qwen3.7-max");
        clock.advance(HOUR);
        assertTrue(ids().contains("qwen3.7-max") || ids().equals(open()));
        assertEquals(open(), ids());
        assertEquals(2, asked());
    }

    @Test
    void a_list_with_a_model_that_is_gone_is_read_again_at_once_and_not_twice_within_half_a_minute() {
        ids();
        bench.fake.models().retire("qwen3.7-max");
        cache.modelGone();
        assertEquals(open(), ids());
        assertEquals(2, asked());
        bench.fake.models().retire("qwen3.7-plus");
        cache.modelGone();
        assertNotEquals(open(), ids());
        assertEquals(2, asked());
        clock.advance(A_WHILE);
        cache.modelGone();
        assertEquals(open(), ids());
        assertEquals(3, asked());
    }

    @Test
    void the_newer_route_serves_where_the_older_does_not() {
        bench.fake.faults().add(Refusals.wafHtml().on(Endpoint.MODELS));
        assertEquals(open(), ids());
        assertEquals(1, bench.fake.recorder().requests(Endpoint.MODELS_V2).size());
    }

    @Test
    void a_failure_is_not_repeated_for_half_a_minute_and_the_last_good_list_stays() {
        ids();
        clock.advance(HOUR);
        try (var fault = bench.fake.faults().add(Refusals.http500().on(Endpoint.MODELS, Endpoint.MODELS_V2))) {
            for (int i = 0; i < 5; i++) {
                assertEquals(open(), ids());
                assertEquals(open(), ids(cache.refresh()));
            }
            assertEquals(2, asked());
        }
        bench.fake.models().retire("qwen3.7-max");
        clock.advance(A_WHILE);
        assertEquals(open(), ids(cache.refresh()));
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
        assertEquals(open(), ids());
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
                assertEquals(open(), ids(told.get()));
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
