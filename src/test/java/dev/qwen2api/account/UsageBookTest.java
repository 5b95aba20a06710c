package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.qwen2api.account.AccountStore.NotReadException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class UsageBookTest {

    private static final AccountId ONE = new AccountId(1);
    private static final AccountId TWO = new AccountId(2);
    private static final Account FIRST = TestAccounts.account(1);
    private static final Account SECOND = TestAccounts.account(2);
    private static final List<Account> ACCOUNTS = List.of(FIRST, SECOND);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);

    private final MovableClock clock = new MovableClock();
    private final MemoryUsage store = new MemoryUsage();
    private final UsageRecorder book = new UsageRecorder(clock, store);

    private static Usage.Key key(LocalDate day, AccountId account, String model) {
        return new Usage.Key(day, account, "user-" + account.num(), model);
    }

    @Test
    void answers_add_up_by_day_account_and_model() throws Exception {
        book.count(FIRST, "max", 10, 5);
        book.count(FIRST, "max", 1, 2);
        book.count(FIRST, "plus", 3, 4);
        book.count(SECOND, "max", 7, 0);
        clock.advance(Duration.ofDays(1));
        book.count(SECOND, "max", 1, 1);

        UsageRecorder.Report report = book.last(2);

        assertEquals(DAY, report.from());
        assertEquals(DAY.plusDays(1), report.to());
        assertEquals(
                List.of(
                        key(DAY, ONE, "max"),
                        key(DAY, ONE, "plus"),
                        key(DAY, TWO, "max"),
                        key(DAY.plusDays(1), TWO, "max")),
                List.copyOf(report.sums().keySet()));
        assertEquals(
                List.of(new Usage(2, 11, 7), new Usage(1, 3, 4), new Usage(1, 7, 0), new Usage(1, 1, 1)),
                List.copyOf(report.sums().values()));
        assertEquals(Map.of(TWO, new Usage(1, 1, 1)), book.today(ACCOUNTS));
    }

    @Test
    void today_adds_up_the_models_of_an_account() {
        book.count(FIRST, "max", 10, 5);
        book.count(FIRST, "plus", 3, 4);

        assertEquals(Map.of(ONE, new Usage(2, 13, 9)), book.today(ACCOUNTS));
        assertEquals(22, book.today(ACCOUNTS).getOrDefault(ONE, Usage.NONE).tokens());
    }

    @Test
    void days_before_the_first_one_asked_for_are_left_out() throws Exception {
        book.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(1));

        assertEquals(1, book.last(2).sums().size());
        assertEquals(0, book.last(1).sums().size());
    }

    /** The last second of a day of Berlin, and how many hours the next day has. */
    @ParameterizedTest
    @CsvSource({
        "2026-06-10T21:59:59Z, 2026-06-10, 24",
        "2026-03-28T22:59:59Z, 2026-03-28, 23",
        "2026-10-24T21:59:59Z, 2026-10-24, 25",
    })
    void a_day_ends_at_midnight_on_the_wall_however_long_it_was(Instant last, LocalDate day, int hours)
            throws Exception {
        var berlin = new MovableClock(last, ZoneId.of("Europe/Berlin"));
        var local = new UsageRecorder(berlin, store);
        local.count(FIRST, "max", 1, 0);
        berlin.advance(Duration.ofSeconds(1));
        assertEquals(Map.of(), local.today(ACCOUNTS));
        local.count(FIRST, "max", 2, 0);
        berlin.advance(Duration.ofHours(hours).minusSeconds(1));
        local.count(FIRST, "max", 3, 0);
        berlin.advance(Duration.ofSeconds(1));
        assertEquals(Map.of(), local.today(ACCOUNTS));
        local.count(FIRST, "max", 4, 0);

        assertEquals(
                Map.of(
                        key(day, ONE, "max"), new Usage(1, 1, 0),
                        key(day.plusDays(1), ONE, "max"), new Usage(2, 5, 0),
                        key(day.plusDays(2), ONE, "max"), new Usage(1, 4, 0)),
                written(local).sums());
    }

    private UsageRecorder.Report written(UsageRecorder from) throws NotReadException {
        return written(from, 10);
    }

    private UsageRecorder.Report written(UsageRecorder from, int days) throws NotReadException {
        store.write();
        return from.last(days);
    }

    @Test
    void counting_goes_on_after_a_restart_on_the_same_day() throws Exception {
        book.count(FIRST, "max", 1, 1);
        store.write();

        var restarted = new UsageRecorder(clock, store);
        restarted.resume();
        restarted.count(FIRST, "max", 1, 1);

        assertEquals(Map.of(ONE, new Usage(2, 2, 2)), restarted.today(ACCOUNTS));
        assertEquals(
                Map.of(key(DAY, ONE, "max"), new Usage(2, 2, 2)),
                written(restarted).sums());
    }

    @Test
    void what_was_written_is_not_written_again_until_it_changes() {
        book.count(FIRST, "max", 1, 1);
        book.count(FIRST, "max", 1, 1);
        assertEquals(1, store.write());
        assertEquals(0, store.write());
        book.count(FIRST, "max", 1, 1);
        assertEquals(1, store.write());
    }

    @Test
    void a_day_that_left_the_memory_unwritten_is_written_whole() throws Exception {
        book.count(FIRST, "max", 1, 1);
        book.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(7));
        book.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(2));
        book.count(FIRST, "max", 1, 1);

        assertEquals(2, book.last(10).sums().size(), "an old day is not in memory");
        assertEquals(new Usage(2, 2, 2), written(book).sums().get(key(DAY, ONE, "max")));
    }

    @Test
    void nothing_is_kept_for_longer_than_400_days() throws Exception {
        book.count(FIRST, "max", 1, 1);
        store.write();
        clock.advance(Duration.ofDays(399));
        book.count(FIRST, "max", 1, 1);
        store.write();
        assertEquals(2, book.last(500).sums().size());

        clock.advance(Duration.ofDays(1));
        book.count(FIRST, "max", 1, 1);
        store.write();
        assertEquals(
                List.of(DAY.plusDays(399), DAY.plusDays(400)),
                book.last(500).sums().keySet().stream().map(Usage.Key::day).toList());

        clock.advance(Duration.ofDays(7));
        new UsageRecorder(clock, store).resume();
        assertEquals(
                List.of(DAY.plusDays(399), DAY.plusDays(400)),
                store.load(DAY).keySet().stream().map(Usage.Key::day).toList());
        clock.advance(Duration.ofDays(393));
        UsageRecorder restarted = new UsageRecorder(clock, store);
        restarted.resume();
        restarted.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(1));
        restarted.count(FIRST, "max", 1, 1);
        assertEquals(Map.of(), store.load(DAY));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 30, 730})
    void a_clock_that_is_ahead_for_a_moment_deletes_nothing(int days) throws Exception {
        for (int day = 0; day < 10; day++) {
            book.count(FIRST, "max", 1, 1);
            store.write();
            clock.advance(Duration.ofDays(1));
        }
        book.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(days));
        book.count(FIRST, "max", 1, 1);
        new UsageRecorder(clock, store).resume();
        clock.advance(Duration.ofDays(-days));
        book.count(FIRST, "max", 1, 1);

        assertEquals(11, written(book, 11).sums().size());
        assertEquals(new Usage(2, 2, 2), book.last(1).sums().get(key(DAY.plusDays(10), ONE, "max")));
        assertEquals(Map.of(ONE, new Usage(2, 2, 2)), book.today(ACCOUNTS));
    }

    @Test
    void old_days_are_forgotten_again_after_the_clock_was_ahead() throws Exception {
        book.count(FIRST, "max", 1, 1);
        store.write();
        clock.advance(Duration.ofDays(5000));
        book.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(-5000));
        for (int day = 0; day < 400; day++) {
            clock.advance(Duration.ofDays(1));
            book.count(FIRST, "max", 1, 1);
        }
        assertEquals(DAY.plusDays(1), written(book, 500).sums().firstKey().day());
    }

    @Test
    void what_cannot_be_read_stops_no_counting() {
        store.breakDown();
        book.resume();
        book.count(FIRST, "max", 1, 1);

        assertEquals(Map.of(ONE, new Usage(1, 1, 1)), book.today(ACCOUNTS));
        assertThrows(NotReadException.class, () -> book.last(1));
    }

    @Test
    void a_clock_that_is_set_back_takes_nothing_away() throws Exception {
        book.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(-3));
        book.count(FIRST, "max", 1, 1);
        clock.advance(Duration.ofDays(3));
        book.count(FIRST, "max", 1, 1);

        assertEquals(new Usage(2, 2, 2), written(book).sums().get(key(DAY, ONE, "max")));
        assertEquals(new Usage(1, 1, 1), book.last(4).sums().get(key(DAY.minusDays(3), ONE, "max")));
    }

    @Test
    void no_count_is_lost_among_many_threads_that_count_while_it_is_written() throws Exception {
        int threads = 8;
        int each = 500;
        var ready = new CountDownLatch(threads);
        var pool = Executors.newFixedThreadPool(threads);
        try {
            var running = IntStream.range(0, threads)
                    .mapToObj(i -> pool.submit(() -> {
                        ready.countDown();
                        ready.await();
                        for (int n = 0; n < each; n++) {
                            book.count(FIRST, "max", 2, 3);
                            if (n % 50 == 0) {
                                store.write();
                            }
                        }
                        return i;
                    }))
                    .toList();
            for (var thread : running) {
                thread.get(10, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        var all = new Usage(4000, 8000, 12_000);
        assertEquals(Map.of(ONE, all), book.today(ACCOUNTS));
        store.write();
        assertEquals(Map.of(key(DAY, ONE, "max"), all), store.load(DAY));
    }

    @Test
    void counters_follow_the_user_and_not_the_number() {
        book.count(FIRST, "max", 1, 2);
        Account newcomer = TestAccounts.account(1, "someone-else", Instant.parse("2030-01-01T00:00:00Z"));
        Account moved = TestAccounts.account(5, "user-1", Instant.parse("2030-01-01T00:00:00Z"));
        book.count(newcomer, "max", 10, 20);
        book.count(moved, "max", 100, 200);
        assertEquals(
                Map.of(ONE, new Usage(1, 10, 20), new AccountId(5), new Usage(2, 101, 202)),
                book.today(List.of(newcomer, moved)));
    }
}
