package dev.qwen2api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.account.Usage;
import dev.qwen2api.account.UsageRecorder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Usage on a real disk. */
@Timeout(60)
class SqlUsageTest {

    private static final AccountId ONE = new AccountId(1);
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final Account FIRST = TestAccounts.account(1);
    private static final List<Account> ACCOUNTS = List.of(FIRST);
    private static final Usage.Key KEY = new Usage.Key(DAY, ONE, "user-1", "qwen3-max");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final MovableClock clock = new MovableClock();

    private Path path() {
        return folder.resolve("qwen2api.db");
    }

    private Database open() {
        return new Database(path(), clock, System::nanoTime);
    }

    private Connection raw() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + path());
    }

    private Map<Usage.Key, Usage> kept() throws Exception {
        try (Database database = open()) {
            return new SqlUsage(database).load(DAY.minusDays(1000));
        }
    }

    @Test
    void counters_survive_a_restart() throws Exception {
        for (int round = 1; round <= 3; round++) {
            try (Database database = open()) {
                var book = new UsageRecorder(clock, new SqlUsage(database));
                book.resume();
                book.count(FIRST, "qwen3-max", 10, 20);
                assertEquals(Map.of(ONE, new Usage(round, 10L * round, 20L * round)), book.today(ACCOUNTS));
            }
        }
        assertEquals(Map.of(KEY, new Usage(3, 30, 60)), kept());
    }

    @Test
    void writing_that_had_to_be_tried_again_counts_nothing_twice() throws Exception {
        try (Database database = open()) {
            var book = new UsageRecorder(clock, new SqlUsage(database));
            book.resume();
            book.count(FIRST, "qwen3-max", 1, 1);
            book.last(1);
            try (Connection blocker = raw();
                    Statement lock = blocker.createStatement()) {
                lock.execute("BEGIN EXCLUSIVE");
                book.count(FIRST, "qwen3-max", 1, 1);
                assertThrows(
                        Exception.class,
                        () -> database.write(connection -> {
                            try (Statement statement = connection.createStatement()) {
                                statement.execute("DELETE FROM kept");
                            }
                        }));
                book.count(FIRST, "qwen3-max", 1, 1);
                lock.execute("ROLLBACK");
            }
        }
        assertEquals(Map.of(KEY, new Usage(3, 3, 3)), kept());
    }

    @Test
    void a_sum_that_began_anew_takes_nothing_from_what_is_kept() throws Exception {
        try (Database database = open()) {
            var usage = new SqlUsage(database);
            usage.save(KEY, () -> new Usage(5, 50, 500));
        }
        try (Database database = open()) {
            var forgetful = new UsageRecorder(clock, new SqlUsage(database));
            forgetful.count(FIRST, "qwen3-max", 60, 1);
            assertEquals(Map.of(KEY, new Usage(5, 60, 500)), forgetful.last(1).sums());
        }
        assertEquals(Map.of(KEY, new Usage(5, 60, 500)), kept());
    }

    @Test
    void old_days_are_read_from_the_disk_and_forgotten_after_400() throws Exception {
        try (Database database = open()) {
            var book = new UsageRecorder(clock, new SqlUsage(database));
            book.count(FIRST, "qwen3-max", 1, 1);
            clock.advance(Duration.ofDays(399));
            book.count(FIRST, "qwen3-max", 1, 1);
        }
        assertEquals(2, kept().size());
        clock.advance(Duration.ofDays(1));
        try (Database database = open()) {
            var book = new UsageRecorder(clock, new SqlUsage(database));
            book.resume();
            assertEquals(1, book.last(366).sums().size());
        }
        assertEquals(1, kept().size());
    }

    @Test
    void a_row_that_makes_no_sense_is_told_and_not_guessed_at() throws Exception {
        try (Database database = open()) {
            var usage = new SqlUsage(database);
            usage.load(DAY);
            try (Connection other = raw();
                    Statement statement = other.createStatement()) {
                statement.execute("INSERT INTO usage VALUES ('yesterday', 1, '', 'm', 1, 1, 1)");
            }
            assertThrows(NotReadException.class, () -> usage.load(DAY));
        }
    }
}
