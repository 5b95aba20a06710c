package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backup of the database beside a running gateway, and the way back. */
@Timeout(60)
class BackupTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<String> said = new ArrayList<>();

    private int run(String command, Path file) {
        var commands = new Commands(folder.resolve(".env"), Map.of(), Clock.systemUTC(), said::add);
        return commands.run(List.of(command, file.toString())).orElse(-1);
    }

    private Path database() {
        return folder.resolve("data/qwen2api.db");
    }

    private List<String> data() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void add(World world, String number) throws Exception {
        String cookie = world.fake.accounts().cookie(world.fake.accounts().newUser());
        world.post("/api/addAccount", "{\"num\":\"" + number + "\",\"cookie\":\"" + cookie + "\"}");
    }

    private static List<String> accounts(World world) throws Exception {
        return world.gateway.statuses().stream()
                .map(status -> status.account().id().toString())
                .toList();
    }

    @Test
    void what_was_backed_up_while_it_ran_is_there_again_after_a_restore() throws Exception {
        Path backup = folder.resolve("backups/monday.db");
        try (World world = new World(folder, 0, Map.of())) {
            add(world, "7");
            assertEquals(0, run("backup", backup), said::toString);
            add(world, "8");
            assertEquals(List.of("account_7", "account_8"), accounts(world));
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)));
        assertEquals(0, run("restore", backup), said::toString);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(database())));
        assertEquals(
                2,
                data().stream().filter(name -> name.startsWith("qwen2api.db")).count(),
                data()::toString);
        assertTrue(data().get(1).startsWith("qwen2api.db.before-restore-"), data()::toString);
        try (World world = new World(folder, 0, Map.of())) {
            assertEquals(List.of("account_7"), accounts(world));
        }
    }

    @Test
    void a_restore_is_refused_while_a_gateway_has_the_database_open() throws Exception {
        Path backup = folder.resolve("backup.db");
        try (World world = new World(folder, 0, Map.of())) {
            add(world, "7");
            assertEquals(0, run("backup", backup), said::toString);
            byte[] before = Files.readAllBytes(database());
            assertEquals(1, run("restore", backup));
            assertTrue(said.get(1).contains("stop it first"), said::toString);
            assertArrayEquals(before, Files.readAllBytes(database()));
            add(world, "9");
            assertEquals(List.of("account_7", "account_9"), accounts(world));
        }
    }

    @Test
    void a_file_that_exists_is_not_overwritten_by_a_backup() throws Exception {
        Path taken = Files.writeString(folder.resolve("taken.db"), "something else");
        try (World world = new World(folder, 0, Map.of())) {
            add(world, "7");
            assertEquals(1, run("backup", taken));
        }
        assertTrue(said.get(0).contains("exists and is not overwritten"), said::toString);
        assertEquals("something else", Files.readString(taken));
    }

    @Test
    void what_is_no_database_of_the_gateway_is_not_restored() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            add(world, "7");
        }
        Path odd = Files.writeString(folder.resolve("odd.db"), "this is no database. ".repeat(300));
        assertEquals(1, run("restore", odd));
        assertTrue(said.get(0).contains("corrupt, or no database"), said::toString);
        assertEquals(1, run("restore", folder.resolve("missing.db")));
        assertTrue(said.get(1).contains("is no file that can be read"), said::toString);
        assertEquals(1, run("restore", Files.createFile(folder.resolve("empty.db"))));
        assertTrue(said.get(2).contains("empty database"), said::toString);
        assertEquals(
                1, data().stream().filter(name -> name.startsWith("qwen2api")).count(), data()::toString);
        try (World world = new World(folder, 0, Map.of())) {
            assertEquals(List.of("account_7"), accounts(world));
        }
    }

    @Test
    void a_corrupt_database_is_replaced_and_kept() throws Exception {
        Path backup = folder.resolve("backup.db");
        try (World world = new World(folder, 0, Map.of())) {
            add(world, "7");
            assertEquals(0, run("backup", backup), said::toString);
        }
        Files.writeString(database(), "this was a database once. ".repeat(300));
        assertEquals(OptionalInt.of(0), OptionalInt.of(run("restore", backup)), said::toString);
        try (World world = new World(folder, 0, Map.of())) {
            assertEquals(List.of("account_7"), accounts(world));
        }
    }

    /** What a killed gateway leaves when its owner removes the database file alone. */
    private void leaveTheLogAlone(Path backup) throws Exception {
        Path log = database().resolveSibling("qwen2api.db-wal");
        byte[] left;
        try (World world = new World(folder, 0, Map.of())) {
            add(world, "7");
            assertEquals(0, run("backup", backup), said::toString);
            add(world, "8");
            left = Files.readAllBytes(log);
        }
        Files.delete(database());
        Files.write(log, left);
    }

    @Test
    void a_log_whose_database_is_gone_does_not_undo_a_restore() throws Exception {
        Path backup = folder.resolve("backup.db");
        leaveTheLogAlone(backup);
        assertEquals(0, run("restore", backup), said::toString);
        assertTrue(
                data().stream().anyMatch(name -> name.matches("qwen2api\\.db\\.before-restore-.*-wal")),
                data()::toString);
        try (World world = new World(folder, 0, Map.of())) {
            assertEquals(List.of("account_7"), accounts(world));
        }
    }

    @Test
    void a_backup_is_not_written_beside_the_log_of_another_database() throws Exception {
        Path backup = folder.resolve("backup.db");
        leaveTheLogAlone(backup);
        assertEquals(0, run("restore", backup), said::toString);
        Path other = Files.writeString(folder.resolve("other.db-wal"), "of another database");
        assertEquals(1, run("backup", folder.resolve("other.db")));
        assertTrue(said.get(said.size() - 1).contains(other + " exists"), said::toString);
    }

    @Test
    void a_settings_file_that_cannot_be_read_stops_a_command_as_it_stops_the_gateway() throws Exception {
        Path env = Files.writeString(
                folder.resolve(".env"), "DATABASE_PATH=\"" + database() + "\"\nQWEN_COOKIES=\"token=abc\n");
        Path other = folder.resolve("other.db");
        Path target = folder.resolve("backup.db");
        var environment = Map.of("API_KEY", "sk-1234567890", "DATABASE_PATH", other.toString());
        var commands = new Commands(env, environment, Clock.systemUTC(), said::add);
        for (var words : List.of(
                List.of("backup", target.toString()), List.of("restore", target.toString()), List.of("capture"))) {
            said.clear();
            assertEquals(OptionalInt.of(2), commands.run(words));
            assertEquals(List.of(".env line 2: QWEN_COOKIES opens a double quote that is never closed"), said);
        }
        assertTrue(Files.notExists(other) && Files.notExists(target));
    }
}
