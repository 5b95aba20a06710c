package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.qwen2api.World;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A data folder that cannot be used: chats go on, and no change is acknowledged that is not on disk. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DiskIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_corrupt_file_is_set_aside_and_everything_works() throws Exception {
        byte[] noise =
                "this is no database, but it was somebody's work".repeat(500).getBytes(StandardCharsets.UTF_8);
        Files.createDirectories(folder.resolve("data"));
        Files.write(folder.resolve("data/qwen2api.db"), noise);
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 1, Map.of())) {
            jarUnderTest.assertServes();
            assertEquals(200, add(jarUnderTest).status);
            try (var files = Files.list(folder.resolve("data"))) {
                Path aside = files.filter(file -> file.toString().contains(".corrupt-"))
                        .findFirst()
                        .orElseThrow();
                assertEquals(List.of(noise.length), List.of(Files.readAllBytes(aside).length));
            }
        }
    }

    @Test
    void a_folder_that_cannot_be_written_costs_changes_alone() throws Exception {
        Files.writeString(folder.resolve("data"), "a file where the folder should be");
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 1, Map.of())) {
            jarUnderTest.assertServes();
            assertNotAcknowledged(jarUnderTest);
        }
    }

    @Test
    void a_file_that_somebody_else_locks_costs_changes_alone_until_it_is_free() throws Exception {
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 1, Map.of())) {
            jarUnderTest.assertServes();
            try (Connection other = DriverManager.getConnection(url());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                for (int i = 0; i < 5; i++) {
                    jarUnderTest.assertServes();
                }
                assertNotAcknowledged(jarUnderTest);
                statement.execute("ROLLBACK");
            }
            assertAddsInTheEnd(jarUnderTest);
        }
    }

    @Test
    void the_file_of_another_program_is_not_touched() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        try (Connection other = DriverManager.getConnection(url());
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TABLE theirs (work TEXT)");
            statement.execute("PRAGMA application_id = 42");
        }
        byte[] before = Files.readAllBytes(folder.resolve("data/qwen2api.db"));
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 1, Map.of())) {
            jarUnderTest.assertServes();
            assertNotAcknowledged(jarUnderTest);
        }
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("data/qwen2api.db")));
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("data/qwen2api.db");
    }

    @Test
    void a_full_disk_costs_changes_alone() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit, which plays the full disk, is not here");
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 1, Map.of(), "-XX:-UsePerfData")) {
            jarUnderTest.assertServes();
            limitFiles(jarUnderTest, 1);
            for (int i = 0; i < 20; i++) {
                jarUnderTest.assertServes();
            }
            assertNotAcknowledged(jarUnderTest);
            limitFiles(jarUnderTest, -1);
            assertAddsInTheEnd(jarUnderTest);
        }
    }

    private static void assertAddsInTheEnd(JarUnderTest jarUnderTest) throws Exception {
        World.Reply added = add(jarUnderTest);
        for (int i = 0; added.status != 200 && i < 100; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
            added = add(jarUnderTest);
        }
        assertEquals(200, added.status, added.toString());
        jarUnderTest.assertServes();
    }

    /** No file of the process may grow beyond so many bytes; -1 for any number. */
    private static void limitFiles(JarUnderTest jarUnderTest, int bytes) throws Exception {
        String limit = bytes < 0 ? "unlimited" : Integer.toString(bytes);
        Process limiter = new ProcessBuilder(
                        "/usr/bin/prlimit",
                        "--pid",
                        Long.toString(jarUnderTest.jar.handle().pid()),
                        "--fsize=" + limit + ":unlimited")
                .redirectErrorStream(true)
                .start();
        String said = new String(limiter.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, limiter.waitFor(), said);
    }

    private static void assertNotAcknowledged(JarUnderTest jarUnderTest) throws Exception {
        World.Reply refused = add(jarUnderTest);
        assertTrue(refused.status >= 500, refused.toString());
        assertEquals(1, jarUnderTest.accounts().size(), "what was not stored is not there");
        jarUnderTest.assertServes();
    }

    private static World.Reply add(JarUnderTest jarUnderTest) throws Exception {
        String cookie =
                jarUnderTest.fake.accounts().cookie(jarUnderTest.fake.accounts().newUser());
        return jarUnderTest.send(jarUnderTest
                .request("/api/addAccount")
                .POST(BodyPublishers.ofString("{\"num\":\"7\",\"cookie\":\"" + cookie + "\"}"))
                .build());
    }
}
