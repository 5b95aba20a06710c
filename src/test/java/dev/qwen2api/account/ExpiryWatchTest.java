package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.qwen2api.account.AccountSet.Addition;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_ERR)
class ExpiryWatchTest {

    private static final String IN_3_DAYS =
            "account_1: its session ends in 3 days and cannot be renewed: copy a fresh cookie from the browser";
    private static final String IN_A_DAY =
            "account_1: its session ends in 24 hours and cannot be renewed: copy a fresh cookie from the browser";
    private static final String ENDED = "account_1: expired: copy a fresh cookie from the browser";

    private final MovableClock clock = new MovableClock();
    private final AccountRing ring = new AccountRing(
            clock,
            System::nanoTime,
            CooldownPolicy.of(3, Duration.ofMinutes(5)),
            new RingLimits(0, Duration.ZERO),
            new MemoryHealth());
    private final AccountRegistry accounts = new AccountRegistry(ring, new MemoryAccounts(), clock);
    private final SessionExpiryMonitor watch = new SessionExpiryMonitor(ring::statuses, clock, Runnable::run);
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        watch.close();
        System.setErr(before);
    }

    private String cookie(Duration life) {
        return "token=" + TestAccounts.token("user", clock.instant().plus(life));
    }

    private void add(String cookie) {
        assertEquals(Addition.ADDED, accounts.add(new AccountId(1), cookie));
    }

    private Account account() {
        return ring.find(new AccountId(1), Optional.empty()).orElseThrow();
    }

    /** What was warned of since the last time this was asked. */
    private List<String> warnings() {
        watch.check();
        watch.check();
        List<String> said = log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("WARN"))
                .map(line -> line.substring(line.indexOf("[ACCOUNT] ") + "[ACCOUNT] ".length()))
                .toList();
        log.reset();
        return said;
    }

    @Test
    void the_owner_is_warned_three_days_ahead_a_day_ahead_and_at_the_end_once_each() {
        add(cookie(Duration.ofDays(3).plusSeconds(1)));
        assertEquals(List.of(), warnings());
        clock.advance(Duration.ofSeconds(1));
        assertEquals(List.of(IN_3_DAYS), warnings());
        clock.advance(Duration.ofDays(2).minusSeconds(1));
        assertEquals(List.of(), warnings());
        clock.advance(Duration.ofSeconds(1));
        assertEquals(List.of(IN_A_DAY), warnings());
        clock.advance(Duration.ofDays(1).minusSeconds(1));
        assertEquals(List.of(), warnings());
        clock.advance(Duration.ofSeconds(1));
        assertEquals(List.of(ENDED), warnings());
        clock.advance(Duration.ofDays(9));
        assertEquals(List.of(), warnings());
    }

    @Test
    void what_is_near_at_the_first_look_is_told_once_and_not_for_every_stage_it_missed() {
        add(cookie(Duration.ofDays(1)));
        assertEquals(List.of(IN_A_DAY), warnings());
    }

    @Test
    void another_token_is_warned_of_anew() {
        add(cookie(Duration.ofDays(3)));
        assertEquals(List.of(IN_3_DAYS), warnings());
        String fresh = TestAccounts.token("user", clock.instant().plus(Duration.ofDays(5)));
        accounts.renew(account(), Map.of("token", fresh));
        assertEquals(List.of(), warnings());
        clock.advance(Duration.ofDays(2));
        assertEquals(List.of(IN_3_DAYS), warnings());
    }

    @Test
    void a_session_that_can_be_renewed_is_warned_of_only_after_that_was_refused() {
        add(cookie(Duration.ofDays(1)) + "; refresh_token=r");
        assertEquals(List.of(), warnings());
        accounts.renewalRefused(account());
        assertEquals(List.of(IN_A_DAY), warnings());
    }

    @Test
    void an_account_that_is_gone_is_forgotten() {
        add(cookie(Duration.ofDays(1)));
        assertEquals(1, warnings().size());
        accounts.remove(new AccountId(1));
        assertEquals(List.of(), warnings());
        add(cookie(Duration.ofDays(1)));
        assertEquals(List.of(IN_A_DAY), warnings());
    }

    @Test
    void starting_it_looks_at_once_and_no_secret_is_told() {
        add(cookie(Duration.ofHours(1)));
        watch.start();
        String said = log.toString(StandardCharsets.UTF_8);
        assertEquals(
                1,
                said.lines().filter(line -> line.contains("ends in 60 minutes")).count(),
                said);
        assertFalse(said.contains(account().credential().token()));
    }
}
