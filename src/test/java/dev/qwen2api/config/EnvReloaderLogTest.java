package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.EnvReloader.Plan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the owner reads in the log when {@code .env} changes. */
@Timeout(60)
@ResourceLock(Resources.SYSTEM_ERR)
class EnvReloaderLogTest {

    private static final String KEY = "API_KEY=sk-1234567890\n";
    private static final Duration POLL = Duration.ofMillis(10);

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop_listening() {
        System.setErr(before);
    }

    @Test
    void the_start_and_a_change_are_told_in_the_words_of_the_manual() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), KEY);
        try (var reloader = reloader(file)) {
            reloader.start();
            assertTrue(text().contains("[CONFIG] ✅ 文件实时监听已启动: " + file), text());

            Files.writeString(file, KEY + "SERVICE_PORT=3001\n");

            await("[CONFIG] 🔥 检测到 .env 文件变化: " + file);
        }
    }

    @Test
    void a_problem_is_told_once_however_often_it_is_looked_at() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), KEY);
        try (var reloader = reloader(file)) {
            reloader.start();

            Files.writeString(file, KEY + "SERVICE_PORT=x\nADMIN_KEY=\"SE CRET-SECRET\"\n");
            await("is not applied");
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis() * 20);
            Files.writeString(file, KEY);
            await("nothing changes");
        }

        assertEquals(1, text().split("SERVICE_PORT=\"x\" is not valid", -1).length - 1, text());
        assertFalse(text().contains("CRET-SE"), text());
    }

    @Test
    void a_folder_that_cannot_be_watched_is_told_once() throws Exception {
        try (var reloader = reloader(folder.resolve("missing").resolve(".env"))) {
            reloader.start();
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis() * 20);
        }

        assertEquals(1, text().split("文件实时监听不可用", -1).length - 1, text());
    }

    @Test
    void a_file_that_was_mounted_by_itself_is_told_at_the_start_and_once_when_it_is_stale() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), KEY);
        Path table = mountTable("/srv/.env", file);
        var plan = new Plan(file, POLL, POLL, Clock.systemUTC(), table);
        try (var reloader = new EnvReloader(plan, Map.of(), EnvFile.read(file), change -> {})) {
            reloader.start();
            assertTrue(text().contains("is mounted by itself"), text());

            mountTable("/srv/.env//deleted", file);
            await("restart the container");
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis() * 20);
        }

        assertEquals(1, text().split("restart the container", -1).length - 1, text());
    }

    private Path mountTable(String root, Path file) throws IOException {
        String line = "63 43 254:0 " + root + " " + file + " rw - ext4 /dev/vda rw\n";
        return Files.writeString(folder.resolve("mountinfo"), line);
    }

    private static EnvReloader reloader(Path file) {
        var plan = new Plan(file, POLL, POLL, Clock.systemUTC(), Path.of("/none"));
        return new EnvReloader(plan, Map.of(), EnvFile.read(file), change -> {});
    }

    private void await(String words) throws InterruptedException {
        while (!text().contains(words)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private String text() {
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_setting_that_turns_out_to_be_unusable_is_named_without_a_stack_trace() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), KEY);
        var plan = new Plan(file, POLL, POLL, Clock.systemUTC(), Path.of("/none"));
        try (var reloader = new EnvReloader(plan, Map.of(), EnvFile.read(file), change -> {
            throw new UnusableSettingException("Correct LOG_DIR", new IOException("no folder"));
        })) {
            Files.writeString(file, KEY + "LOG_DIR=/nowhere\n");
            assertEquals(Optional.of("Correct LOG_DIR"), reloader.reload().problem());
            assertEquals(Optional.of("Correct LOG_DIR"), reloader.status().lastProblem());
        }
        assertTrue(text().contains("[CONFIG] ❌ Correct LOG_DIR"), text());
        assertFalse(text().contains("\tat "), text());
    }

    @Test
    void no_form_of_a_proxy_with_a_password_shows_it() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), KEY);
        try (var reloader = reloader(file)) {
            Files.writeString(file, KEY + "PROXY_URL=\"http://203.0.113.5:8080:alice:S3cretPw\"\n");
            assertTrue(reloader.reload().problem().orElseThrow().startsWith("PROXY_URL=\"http://***\" "));
            assertFalse(reloader.status().toString().contains("S3cretPw"));
        }
        assertTrue(text().contains("PROXY_URL"), text());
        assertFalse(text().contains("S3cretPw"), text());
    }
}
