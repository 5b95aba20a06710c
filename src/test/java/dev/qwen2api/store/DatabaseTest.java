package dev.qwen2api.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.Eventually;
import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountHealth;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountSet;
import dev.qwen2api.account.AccountSet.Kept;
import dev.qwen2api.account.AccountSet.Retired;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.AccountStore.NotStoredException;
import dev.qwen2api.account.Cooldown;
import dev.qwen2api.account.Credential;
import dev.qwen2api.account.HealthState;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.upstream.qwen.ChatJanitor.ChatLedger.Entry;
import dev.qwen2api.upstream.qwen.upload.UploadCache.UploadStore.Upload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatabaseTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final MovableClock clock = new MovableClock();

    private Path path() {
        return folder.resolve("data/qwen2api.db");
    }

    private Database open() {
        return new Database(path(), clock, System::nanoTime);
    }

    private static Kept kept(int num) {
        return new Kept(TestAccounts.account(num), "origin-" + num);
    }

    private static AccountSet only(int num) {
        return new AccountSet(List.of(kept(num)), Set.of(), List.of());
    }

    @Test
    void everything_kept_is_there_after_a_restart() throws Exception {
        var everything = new AccountSet(
                List.of(kept(1), kept(7)),
                Set.of("o", "p"),
                List.of(new Retired("q", kept(2).account().credential(), Instant.ofEpochMilli(7))));
        var limited = new Cooldown(
                AccountState.LIMITED,
                FailureKind.QUOTA_EXHAUSTED,
                Instant.ofEpochMilli(40),
                Instant.ofEpochMilli(42),
                "why");
        var snapshot = new AccountHealth(
                new HealthState(1, 0, Optional.empty(), 0),
                Map.of(RequestKind.VIDEO, new HealthState(3, 2, Optional.of(limited), 0)));
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(everything);
            new SqlHealth(database).save("user-1", snapshot);
            new SqlChatLedger(database).add(new Entry(new AccountId(1), Optional.of("user-1"), "chat-a"));
            new SqlChatLedger(database).add(new Entry(new AccountId(1), Optional.of("user-1"), "chat-b"));
            new SqlChatLedger(database).remove(new Entry(new AccountId(1), Optional.of("user-1"), "chat-a"));
            new SqlKeyValues(database).save("catalogue", "[]");
        }
        try (Database database = open()) {
            assertEquals(everything, new SqlAccounts(database).load());
            assertEquals(Map.of("user-1", snapshot), new SqlHealth(database).load());
            assertEquals(
                    List.of(new Entry(new AccountId(1), Optional.of("user-1"), "chat-b")),
                    new SqlChatLedger(database).leftOver());
            assertEquals(Optional.of("[]"), new SqlKeyValues(database).load("catalogue"));
        }
    }

    @Test
    void a_renewed_session_takes_the_place_of_the_old_one() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(only(1));
            var renewed = TestAccounts.account(1, "user-1", Instant.ofEpochSecond(1_000_000_000));
            new SqlAccounts(database).renewedSoon(new Kept(renewed, "origin-1"));
        }
        try (Database database = open()) {
            var account = new SqlAccounts(database).load().accounts().get(0).account();
            assertEquals(
                    Optional.of(Instant.ofEpochSecond(1_000_000_000)),
                    account.credential().expires());
        }
    }

    @Test
    void only_the_owner_may_read_the_file() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(only(1));
            for (String name : List.of("", "-wal", "-shm")) {
                Path file = path().resolveSibling("qwen2api.db" + name);
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
    }

    @Test
    void a_corrupt_file_is_set_aside_under_a_dated_name_and_never_overwritten() throws Exception {
        byte[] garbage =
                "this is no database, and was never meant to be one".repeat(40).getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 2; round++) {
            Files.createDirectories(folder.resolve("data"));
            Files.write(path(), garbage);
            try (Database database = open()) {
                new SqlAccounts(database).replaceAll(only(1));
                assertEquals(only(1), new SqlAccounts(database).load());
            }
            Files.delete(path());
        }
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            List<Path> aside = files.filter(file -> file.toString().contains(".corrupt-20261123-120000"))
                    .toList();
            assertEquals(2, aside.size(), aside.toString());
            for (Path file : aside) {
                assertArrayEquals(garbage, Files.readAllBytes(file));
            }
        }
    }

    @Test
    void a_database_of_another_program_is_left_exactly_as_it_was() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + path());
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TABLE diary (line TEXT)");
        }
        byte[] before = Files.readAllBytes(path());
        try (Database database = open()) {
            var accounts = new SqlAccounts(database);
            assertThrows(NotStoredException.class, () -> accounts.replaceAll(only(1)));
            assertThrows(NotReadException.class, accounts::load);
            assertEquals(Optional.of("it belongs to another program"), database.problem());
        }
        assertArrayEquals(before, Files.readAllBytes(path()));
    }

    @Test
    void a_newer_schema_is_not_touched() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(only(1));
        }
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + path());
                Statement statement = raw.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        try (Database database = open()) {
            assertThrows(NotReadException.class, new SqlAccounts(database)::load);
            assertTrue(
                    database.problem().orElse("").contains("newer version"),
                    database.problem().toString());
        }
    }

    @Test
    void an_older_schema_is_sound_but_its_accounts_are_not_read() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(only(1));
        }
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + path());
                Statement statement = raw.createStatement()) {
            statement.execute("DROP TABLE retired");
            statement.execute("PRAGMA user_version = 7");
        }
        DatabaseCheckup checkup = DatabaseCheckup.of(path());
        assertEquals(Optional.empty(), checkup.problem());
        assertEquals(AccountSet.EMPTY, checkup.accounts());
    }

    @Test
    void work_that_nobody_waits_for_is_done_once_the_file_can_be_used_again() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(AccountSet.EMPTY);
            try (Connection blocker = DriverManager.getConnection("jdbc:sqlite:" + path());
                    Statement lock = blocker.createStatement()) {
                lock.execute("BEGIN EXCLUSIVE");
                new SqlKeyValues(database).save("name", "value");
                assertThrows(NotStoredException.class, () -> new SqlAccounts(database).replaceAll(only(1)));
                assertTrue(database.problem().isPresent());
                lock.execute("ROLLBACK");
            }
            new SqlAccounts(database).replaceAll(only(2));
            assertEquals(Optional.empty(), database.problem());
        }
        try (Database database = open()) {
            assertEquals(Optional.of("value"), new SqlKeyValues(database).load("name"));
            assertEquals(only(2), new SqlAccounts(database).load());
        }
    }

    @Test
    void a_folder_that_cannot_be_made_costs_persistence_but_nothing_else() throws Exception {
        Files.writeString(folder.resolve("data"), "a file where the folder should be");
        try (Database database = open()) {
            assertThrows(NotReadException.class, new SqlAccounts(database)::load);
            assertTrue(database.problem().isPresent());
            Files.delete(folder.resolve("data"));
            new SqlAccounts(database).replaceAll(only(1));
            assertEquals(Optional.empty(), database.problem());
        }
    }

    @Test
    void work_that_can_never_be_done_keeps_nothing_else_from_the_disk() throws Exception {
        try (Database database = open()) {
            var saved = new SqlKeyValues(database);
            saved.save("before", "1");
            database.writeLater("a bug", connection -> {
                throw new IllegalStateException("a bug");
            });
            database.writeLater("nonsense", connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO kept (name, value) VALUES ('half', 'done')");
                    statement.execute("INSERT INTO kept (name, value) VALUES ('nonsense', NULL)");
                }
            });
            saved.save("after", "2");
        }
        try (Database database = open()) {
            var saved = new SqlKeyValues(database);
            assertEquals(Optional.of("1"), saved.load("before"));
            assertEquals(Optional.of("2"), saved.load("after"));
            assertEquals(Optional.empty(), saved.load("half"), "a piece of work is done as a whole or not at all");
            assertEquals(Optional.empty(), database.problem());
        }
    }

    @Test
    void work_that_somebody_waits_for_and_that_breaks_off_leaves_nothing_behind() throws Exception {
        try (Database database = open()) {
            assertThrows(
                    SQLException.class,
                    () -> database.write(connection -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("INSERT INTO kept (name, value) VALUES ('half', 'done')");
                        }
                        throw new IllegalStateException("a bug");
                    }));
            assertEquals(Optional.empty(), new SqlKeyValues(database).load("half"));
            assertEquals(Optional.empty(), database.problem(), "the file is well");
        }
    }

    @Test
    void a_write_that_was_reported_as_failed_is_not_carried_out_later() throws Exception {
        var slow = new CountDownLatch(1);
        try (Database database = new Database(path(), clock, System::nanoTime, Duration.ofMillis(300))) {
            var begun = new CountDownLatch(1);
            database.writeLater("slow", connection -> {
                begun.countDown();
                await(slow);
            });
            await(begun);
            assertThrows(NotStoredException.class, () -> new SqlAccounts(database).replaceAll(only(1)));
            slow.countDown();
            Eventually.holds("nothing was written", () -> isEmpty(database));
        }
        var opened = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        try (Database database = new Database(path(), clock, System::nanoTime, Duration.ofMillis(300))) {
            database.writeLater("first", connection -> opened.countDown());
            await(opened);
            assertThrows(
                    SQLException.class,
                    () -> database.write(connection -> {
                        Sql.update(connection, "INSERT INTO kept (name, value) VALUES ('half', 'done')");
                        begun.countDown();
                        await(running);
                    }));
            assertEquals(0, begun.getCount());
            running.countDown();
            assertEquals(Optional.empty(), new SqlKeyValues(database).load("half"));
            assertTrue(isEmpty(database));
        }
    }

    @Test
    void the_first_reader_waits_until_the_file_is_open_however_slow_the_machine() throws Exception {
        var asked = new CountDownLatch(1);
        var told = new CountDownLatch(1);
        try (Database database = openSlowly(() -> 0, asked, told)) {
            var loaded = CompletableFuture.supplyAsync(() -> isEmpty(database));
            await(asked);
            assertThrows(TimeoutException.class, () -> loaded.get(900, TimeUnit.MILLISECONDS));
            told.countDown();
            assertTrue(loaded.join(), "the accounts could be read");
        }
    }

    @Test
    void a_minute_after_the_start_a_reader_waits_no_longer_than_usual() throws Exception {
        var nanos = new AtomicLong();
        var told = new CountDownLatch(1);
        try (Database database = openSlowly(nanos::get, new CountDownLatch(1), told)) {
            nanos.set(TimeUnit.MINUTES.toNanos(1));
            assertThrows(NotReadException.class, () -> new SqlAccounts(database).load());
            told.countDown();
        }
    }

    /** A thread that waits for the writer thread of the database. */
    private static Thread waiting(Runnable work) throws Exception {
        var thread = new Thread(work);
        thread.start();
        Eventually.holds("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    /** Keeps the writer thread busy until {@code free}. */
    private static void occupy(Database database, CountDownLatch free) throws Exception {
        var begun = new CountDownLatch(1);
        waiting(() -> {
            try {
                database.write(connection -> {
                    begun.countDown();
                    await(free);
                });
            } catch (SQLException broken) {
                throw new IllegalStateException(broken);
            }
        });
        await(begun);
    }

    private static Kept kept(String token) {
        return new Kept(
                new Account(
                        new AccountId(1),
                        Account.Source.ENV,
                        Credential.parse("token=" + token).orElseThrow()),
                "origin");
    }

    private static void replaceAll(Database database, Kept account) {
        try {
            new SqlAccounts(database).replaceAll(new AccountSet(List.of(account), Set.of(), List.of()));
        } catch (NotStoredException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Test
    void a_cookie_that_was_replaced_is_not_overwritten_by_a_write_of_its_old_session() throws Exception {
        for (int round = 0; round < 5; round++) {
            Path file = folder.resolve("round-" + round + ".db");
            var free = new CountDownLatch(1);
            try (Database database = new Database(file, clock, System::nanoTime)) {
                replaceAll(database, kept("old"));
                occupy(database, free);
                new SqlAccounts(database).renewedSoon(kept("old; cna=1"));
                Thread replacing = waiting(() -> replaceAll(database, kept("new")));
                Thread closing = waiting(database::close);
                free.countDown();
                replacing.join();
                closing.join();
            }
            try (Database database = new Database(file, clock, System::nanoTime)) {
                assertEquals(
                        "token=new",
                        new SqlAccounts(database)
                                .load()
                                .accounts()
                                .get(0)
                                .account()
                                .credential()
                                .cookieHeader());
            }
        }
    }

    @Test
    void a_text_that_was_saved_is_not_removed_by_an_older_removal() throws Exception {
        for (int round = 0; round < 5; round++) {
            Path file = folder.resolve("round-" + round + ".db");
            var free = new CountDownLatch(1);
            try (Database database = new Database(file, clock, System::nanoTime)) {
                occupy(database, free);
                new SqlKeyValues(database).remove("name");
                Thread saving = waiting(() -> new SqlKeyValues(database).saveNow("name", "value"));
                Thread closing = waiting(database::close);
                free.countDown();
                saving.join();
                closing.join();
            }
            try (Database database = new Database(file, clock, System::nanoTime)) {
                assertEquals(Optional.of("value"), new SqlKeyValues(database).load("name"));
            }
        }
    }

    @Test
    void a_change_of_the_accounts_that_fails_costs_no_session_that_waits_to_be_written() throws Exception {
        try (Database database = open()) {
            replaceAll(database, kept("old"));
            try (Connection blocker = DriverManager.getConnection("jdbc:sqlite:" + path());
                    Statement lock = blocker.createStatement()) {
                lock.execute("BEGIN EXCLUSIVE");
                new SqlAccounts(database).renewedSoon(kept("renewed"));
                assertThrows(NotStoredException.class, () -> new SqlAccounts(database).replaceAll(only(2)));
                lock.execute("ROLLBACK");
            }
        }
        try (Database database = open()) {
            assertEquals(
                    List.of(kept("renewed")), new SqlAccounts(database).load().accounts());
        }
    }

    @Test
    void a_write_whose_caller_was_interrupted_is_not_carried_out_later() throws Exception {
        var free = new CountDownLatch(1);
        var refused = new CompletableFuture<Boolean>();
        try (Database database = open()) {
            occupy(database, free);
            Thread caller = waiting(() -> {
                assertThrows(NotStoredException.class, () -> new SqlAccounts(database).replaceAll(only(1)));
                refused.complete(Thread.currentThread().isInterrupted());
            });
            caller.interrupt();
            assertTrue(refused.get(20, TimeUnit.SECONDS), "the thread is still interrupted");
            free.countDown();
            assertEquals(AccountSet.EMPTY, new SqlAccounts(database).load());
        }
    }

    /** A database that is open only when it is told to be, since its corrupt file's new name needs the time of day. */
    private Database openSlowly(LongSupplier nanoTime, CountDownLatch asked, CountDownLatch told) throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(path(), "no database ".repeat(200));
        var slow = new MovableClock() {
            @Override
            public Instant instant() {
                asked.countDown();
                DatabaseTest.await(told);
                return super.instant();
            }
        };
        return new Database(path(), slow, nanoTime, Duration.ofMillis(300));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isEmpty(Database database) {
        try {
            return new SqlAccounts(database).load().accounts().isEmpty();
        } catch (NotReadException busy) {
            return false;
        }
    }

    @Test
    void what_is_stored_after_the_folder_was_deleted_is_there_after_a_restart() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(only(1));
            try (Stream<Path> files = Files.list(path().getParent())) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(path().getParent());
            new SqlAccounts(database).replaceAll(only(2));
            try (Database restarted = open()) {
                assertEquals(only(2), new SqlAccounts(restarted).load());
            }
        }
    }

    @Test
    void while_the_file_is_unusable_no_more_than_a_bounded_number_of_writes_waits() throws Exception {
        Files.writeString(folder.resolve("data"), "a file where the folder should be");
        try (Database database = open()) {
            var saved = new SqlKeyValues(database);
            for (int i = 0; i < DeferredWrites.MAX_PENDING + 500; i++) {
                saved.save("name-" + i, "value");
            }
            assertThrows(NotReadException.class, new SqlAccounts(database)::load);
            saved.save("newest", "value");
            assertTrue(database.pendingWrites() <= DeferredWrites.MAX_PENDING, database.pendingWrites() + " wait");
            Files.delete(folder.resolve("data"));
        }
        try (Database database = open()) {
            assertEquals(Optional.of("value"), new SqlKeyValues(database).load("newest"));
            assertEquals(Optional.empty(), new SqlKeyValues(database).load("name-0"), "the oldest are dropped");
        }
    }

    @Test
    void a_full_disk_is_named_as_such() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(only(1));
            database.read(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.execute("PRAGMA max_page_count = 1");
                }
            });
            assertThrows(
                    SQLException.class,
                    () -> database.write(connection -> Sql.update(
                            connection, "INSERT INTO kept (name, value) VALUES ('large', ?)", "x".repeat(1 << 20))));
            assertEquals(Optional.of("the disk is full"), database.problem());
            new SqlAccounts(database).replaceAll(only(2));
            assertEquals(Optional.empty(), database.problem());
        }
    }

    @Test
    void expired_uploads_are_purged_while_the_gateway_runs() throws Exception {
        try (Database database = open()) {
            var uploads = new SqlUploads(database, clock);
            uploads.save(
                    new Upload("user-1", "old", "a.png", "{}", clock.instant().plusSeconds(60)));
            database.write(connection -> {});
            Eventually.holds("the writes are taken", () -> database.pendingWrites() == 0);
            clock.advance(Duration.ofMinutes(2));
            uploads.save(
                    new Upload("user-1", "new", "b.png", "{}", clock.instant().plusSeconds(60)));
            Eventually.holds("the writes are taken", () -> database.pendingWrites() == 0);
            assertEquals(
                    List.of("new"),
                    database.read(
                            connection -> Sql.query(connection, "SELECT sha256 FROM upload", row -> row.getString(1))));
        }
    }
}
