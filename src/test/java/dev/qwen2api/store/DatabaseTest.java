package dev.qwen2api.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.AccountStore.Kept;
import dev.qwen2api.account.AccountStore.NotReadException;
import dev.qwen2api.account.AccountStore.NotStoredException;
import dev.qwen2api.account.HealthStore.Rest;
import dev.qwen2api.account.HealthStore.Snapshot;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.account.TestAccounts;
import dev.qwen2api.chat.ChatLedger.Entry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        return new Database(path(), clock);
    }

    private static Kept kept(int num) {
        return new Kept(TestAccounts.account(num), "origin-" + num, false);
    }

    @Test
    void everything_kept_is_there_after_a_restart() throws Exception {
        var snapshot = new Snapshot(3, 2, Optional.of(new Rest(AccountState.LIMITED, Instant.ofEpochMilli(42), "why")));
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(List.of(kept(1), new Kept(TestAccounts.account(7), "o", true)));
            new SqlHealth(database).save("user-1", snapshot);
            new SqlLedger(database).add(new Entry(new AccountId(1), "chat-a"));
            new SqlLedger(database).add(new Entry(new AccountId(1), "chat-b"));
            new SqlLedger(database).remove(new Entry(new AccountId(1), "chat-a"));
            new SqlKept(database).save("catalogue", "[]");
        }
        try (Database database = open()) {
            assertEquals(
                    List.of(kept(1), new Kept(TestAccounts.account(7), "o", true)), new SqlAccounts(database).load());
            assertEquals(Map.of("user-1", snapshot), new SqlHealth(database).load());
            assertEquals(List.of(new Entry(new AccountId(1), "chat-b")), new SqlLedger(database).leftOver());
            assertEquals(Optional.of("[]"), new SqlKept(database).load("catalogue"));
        }
    }

    @Test
    void a_renewed_session_takes_the_place_of_the_old_one() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(List.of(kept(1)));
            new SqlAccounts(database).renewed(TestAccounts.account(1, "user-1", Instant.ofEpochSecond(1_000_000_000)));
        }
        try (Database database = open()) {
            var account = new SqlAccounts(database).load().get(0).account();
            assertEquals(
                    Optional.of(Instant.ofEpochSecond(1_000_000_000)),
                    account.credential().expires());
        }
    }

    @Test
    void only_the_owner_may_read_the_file() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(List.of(kept(1)));
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
                new SqlAccounts(database).replaceAll(List.of(kept(1)));
                assertEquals(List.of(kept(1)), new SqlAccounts(database).load());
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
            assertThrows(NotStoredException.class, () -> accounts.replaceAll(List.of(kept(1))));
            assertThrows(NotReadException.class, accounts::load);
            assertEquals(Optional.of("it belongs to another program"), database.problem());
        }
        assertArrayEquals(before, Files.readAllBytes(path()));
    }

    @Test
    void a_newer_schema_is_not_touched() throws Exception {
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(List.of(kept(1)));
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
    void work_that_nobody_waits_for_is_done_once_the_file_can_be_used_again() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        try (Database database = open()) {
            new SqlAccounts(database).replaceAll(List.of());
            try (Connection blocker = DriverManager.getConnection("jdbc:sqlite:" + path());
                    Statement lock = blocker.createStatement()) {
                lock.execute("BEGIN EXCLUSIVE");
                new SqlKept(database).save("name", "value");
                assertThrows(NotStoredException.class, () -> new SqlAccounts(database).replaceAll(List.of(kept(1))));
                assertTrue(database.problem().isPresent());
                lock.execute("ROLLBACK");
            }
            new SqlAccounts(database).replaceAll(List.of(kept(2)));
            assertEquals(Optional.empty(), database.problem());
        }
        try (Database database = open()) {
            assertEquals(Optional.of("value"), new SqlKept(database).load("name"));
            assertEquals(List.of(kept(2)), new SqlAccounts(database).load());
        }
    }

    @Test
    void a_folder_that_cannot_be_made_costs_persistence_but_nothing_else() throws Exception {
        Files.writeString(folder.resolve("data"), "a file where the folder should be");
        try (Database database = open()) {
            assertThrows(NotReadException.class, new SqlAccounts(database)::load);
            assertTrue(database.problem().isPresent());
            Files.delete(folder.resolve("data"));
            new SqlAccounts(database).replaceAll(List.of(kept(1)));
            assertEquals(Optional.empty(), database.problem());
        }
    }
}
