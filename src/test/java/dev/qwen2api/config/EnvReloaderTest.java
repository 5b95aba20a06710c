package dev.qwen2api.config;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.EnvReloader.Plan;
import dev.qwen2api.config.EnvReloader.Result;
import dev.qwen2api.config.EnvReloader.SettingsChange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real files in a real folder, saved as editors, shells and orchestrators save them. */
@Timeout(60)
class EnvReloaderTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(50);
    private static final String KEY = "API_KEY=\"sk-1234567890\"\n";

    @TempDir
    private Path root;

    private Path folder;
    private Path file;
    private final BlockingQueue<SettingsChange> changes = new LinkedBlockingQueue<>();
    private Optional<EnvReloader> running = Optional.empty();

    @BeforeEach
    void write_the_first_file() throws IOException {
        folder = Files.createDirectory(root.resolve("config"));
        file = Files.writeString(folder.resolve(".env"), port(3000));
    }

    @AfterEach
    void stop() {
        running.ifPresent(EnvReloader::close);
    }

    // ── ways to save a file, seen by event alone ──

    @Test
    void a_write_in_place_is_put_in_force() throws Exception {
        watching(NEVER);

        Files.writeString(file, port(3001));

        assertPort(3001);
    }

    @Test
    void an_append_is_put_in_force() throws Exception {
        watching(NEVER);

        Files.writeString(file, "SERVICE_PORT=3001\n", StandardOpenOption.APPEND);

        assertPort(3001);
    }

    @Test
    void a_rename_over_the_file_is_put_in_force() throws Exception {
        watching(NEVER);

        Path temporary = Files.writeString(folder.resolve(".env.tmp"), port(3001));
        Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);

        assertPort(3001);
    }

    @Test
    void a_file_moved_in_from_elsewhere_is_put_in_force() throws Exception {
        watching(NEVER);

        Path other = Files.writeString(root.resolve("new.env"), port(3001));
        Files.move(other, file, REPLACE_EXISTING);

        assertPort(3001);
    }

    @Test
    void a_file_that_is_deleted_and_made_anew_is_put_in_force() throws Exception {
        watching(NEVER);

        Files.delete(file);
        Files.writeString(file, port(3001));

        assertPort(3001);
    }

    @Test
    void a_save_in_the_style_of_vim_is_put_in_force() throws Exception {
        watching(NEVER);

        Path backup = folder.resolve(".env~");
        Files.move(file, backup);
        Files.writeString(file, port(3001));
        Files.delete(backup);

        assertPort(3001);
    }

    @Test
    void a_link_that_is_pointed_elsewhere_is_put_in_force() throws Exception {
        Path first = Files.writeString(root.resolve("first"), port(3000));
        Path second = Files.writeString(root.resolve("second"), port(3001));
        Files.delete(file);
        Files.createSymbolicLink(file, first);
        watching(NEVER);

        Path temporary = Files.createSymbolicLink(folder.resolve(".env.tmp"), second);
        Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);

        assertPort(3001);
    }

    @Test
    void a_swap_of_the_linked_folder_as_kubernetes_does_it_is_put_in_force() throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("..v1")).resolve(".env"), port(3000));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..v1"));
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("..data", ".env"));
        watching(NEVER);

        Files.writeString(Files.createDirectory(folder.resolve("..v2")).resolve(".env"), port(3001));
        Path temporary = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..v2"));
        Files.move(temporary, folder.resolve("..data"), ATOMIC_MOVE, REPLACE_EXISTING);

        assertPort(3001);
    }

    @Test
    void after_a_hundred_quick_writes_the_last_is_in_force() throws Exception {
        watching(NEVER);

        for (int i = 1; i <= 100; i++) {
            Files.writeString(file, port(4000 + i));
        }

        SettingsChange last = next();
        while (last.settings().server().port() != 4100) {
            last = next();
        }
        assertTrue(changes.isEmpty());
    }

    // ── what no event tells of, seen by the poll ──

    @Test
    void a_write_to_the_target_of_a_link_is_seen_by_the_poll() throws Exception {
        Path target = Files.writeString(root.resolve("target"), port(3000));
        Files.delete(file);
        Files.createSymbolicLink(file, target);
        watching(SOON);

        Files.writeString(target, port(3001));

        assertPort(3001);
    }

    @Test
    void a_folder_that_is_replaced_is_watched_again() throws Exception {
        var reloader = watching(SOON);
        Path other = Files.createDirectory(root.resolve("other"));
        Files.writeString(other.resolve(".env"), port(3001));

        Files.move(folder, root.resolve("old"));
        Files.move(other, folder);

        assertPort(3001);
        await(() -> reloader.status().watcherActive());
    }

    @Test
    void a_folder_that_was_missing_is_watched_once_it_is_there() throws Exception {
        Files.delete(file);
        Files.delete(folder);
        var reloader = watching(SOON);
        assertFalse(reloader.status().watcherActive());
        assertTrue(reloader.status().isWatching());

        Files.createDirectory(folder);
        await(() -> reloader.status().watcherActive());
        Files.writeString(file, port(3001));

        assertPort(3001);
    }

    @Test
    void a_file_that_was_missing_is_put_in_force_once_it_is_there() throws Exception {
        Files.delete(file);
        var reloader = watching(NEVER);
        assertEquals(Optional.empty(), reloader.status().lastProblem());

        Files.writeString(file, port(3001));

        SettingsChange change = next();
        assertEquals(List.of("API_KEY", "SERVICE_PORT"), change.changed());
        assertEquals(List.of("SERVICE_PORT"), change.afterRestart());
    }

    // ── what must not replace a working configuration ──

    @Test
    void an_empty_file_changes_nothing() throws Exception {
        assertRefused("", "holds no setting");
    }

    @Test
    void a_file_with_a_quote_that_is_never_closed_changes_nothing() throws Exception {
        assertRefused(KEY + "QWEN_COOKIES=\"token=SECRET", "line 2: QWEN_COOKIES opens a double quote");
    }

    @Test
    void a_value_that_cannot_be_used_changes_nothing_and_every_problem_is_told() throws Exception {
        String problem = assertRefused("SERVICE_PORT=x\n", "SERVICE_PORT=\"x\" is not valid");

        assertTrue(problem.contains("API_KEY is not set"), problem);
    }

    @Test
    void a_file_that_goes_missing_changes_nothing() throws Exception {
        var reloader = watching(NEVER);

        Files.delete(file);
        await(() -> reloader.status().lastProblem().isPresent());

        assertTrue(reloader.status().lastProblem().orElseThrow().contains("does not exist"));
        Files.writeString(file, port(3001));
        assertPort(3001);
        await(() -> reloader.status().lastProblem().isEmpty());
    }

    @Test
    void a_folder_in_the_place_of_the_file_changes_nothing() throws Exception {
        var reloader = watching(NEVER);

        Files.delete(file);
        Files.createDirectory(file);

        await(() -> reloader.status()
                .lastProblem()
                .filter(p -> p.contains("is a folder"))
                .isPresent());
        assertTrue(changes.isEmpty());
    }

    @Test
    void a_file_that_is_still_being_written_waits_until_it_is_whole() throws Exception {
        watching(NEVER, Duration.ofMillis(400));

        try (OutputStream out = Files.newOutputStream(file)) {
            for (byte b : (port(3001) + "MODEL_MAP=\"a=b,c=d\"\n").getBytes(StandardCharsets.UTF_8)) {
                out.write(b);
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }

        SettingsChange change = next();
        assertEquals(Map.of("a", "b", "c", "d"), change.settings().models().aliases());
        assertTrue(changes.isEmpty());
    }

    @Test
    void a_file_that_says_the_same_in_other_words_is_no_change() throws Exception {
        var reloader = watching(NEVER);

        Files.writeString(file, "# a comment\nSERVICE_PORT='3000'\n" + KEY + "LOG_LEVEL=INFO\n");
        assertEquals(new Result(List.of(), Optional.empty()), reloader.reload());
        Files.writeString(file, port(3001));

        assertEquals(List.of("SERVICE_PORT"), next().changed());
    }

    @Test
    void what_was_refused_may_be_taken_back() throws Exception {
        var reloader = watching(NEVER);

        Files.writeString(file, "SERVICE_PORT=x\n");
        await(() -> reloader.status().lastProblem().isPresent());
        Files.writeString(file, port(3000));
        await(() -> reloader.status().lastProblem().isEmpty());

        assertTrue(changes.isEmpty());
    }

    // ── what the listener hears ──

    @Test
    void a_change_names_what_was_added_changed_and_taken_out() throws Exception {
        Files.writeString(file, KEY + "LOG_LEVEL=WARN\nSERVICE_PORT=3000\nQWEN_COOKIES=token=a\n");
        watching(NEVER);

        Files.writeString(file, KEY + "SERVICE_PORT=3000\nQWEN_COOKIES='token=b'\nTHINK_FORMAT=tags\nTYPO=1\n");

        SettingsChange change = next();
        assertEquals(List.of("QWEN_COOKIES", "THINK_FORMAT", "LOG_LEVEL"), change.changed());
        assertEquals(
                List.of(new Secret("token=b")), change.settings().accounts().cookies());
        assertEquals(2, change.warnings().size(), change.warnings().toString());
    }

    @Test
    void a_line_taken_out_falls_back_to_the_environment() throws Exception {
        Files.writeString(file, KEY + "LOG_LEVEL=WARN\nSERVICE_PORT=3000\n");
        start(Map.of("LOG_LEVEL", "WARN", "SERVICE_PORT", "5000"), NEVER, Duration.ofMillis(30));

        Files.writeString(file, KEY);

        SettingsChange change = next();
        assertEquals(List.of("SERVICE_PORT"), change.changed());
        assertEquals(5000, change.settings().server().port());
    }

    // ── by hand ──

    @Test
    void a_reload_by_hand_needs_no_watching() throws Exception {
        var reloader = reloader(Map.of(), NEVER, Duration.ofMillis(30));
        Files.writeString(file, port(3001));

        Result result = reloader.reload();

        assertTrue(result.isChanged());
        assertEquals(List.of("SERVICE_PORT"), result.changed());
        assertEquals(Optional.of(NOW), reloader.status().lastReload());
        assertFalse(reloader.status().isWatching());
        assertEquals(1, changes.size());
    }

    @Test
    void a_reload_by_hand_of_the_same_file_changes_nothing() throws Exception {
        var reloader = watching(NEVER);

        assertEquals(new Result(List.of(), Optional.empty()), reloader.reload());
        assertEquals(Optional.empty(), reloader.status().lastReload());
    }

    @Test
    void a_reload_by_hand_tells_why_not_each_time() throws Exception {
        var reloader = reloader(Map.of(), NEVER, Duration.ofMillis(30));
        Files.writeString(file, "");

        assertEquals(Optional.of(".env holds no setting"), reloader.reload().problem());
        assertEquals(Optional.of(".env holds no setting"), reloader.reload().problem());
    }

    @Test
    void what_could_not_be_put_in_force_may_be_tried_again() throws Exception {
        var calls = new LinkedBlockingQueue<SettingsChange>();
        var reloader = new EnvReloader(plan(NEVER, Duration.ofMillis(30)), Map.of(), EnvFile.read(file), change -> {
            calls.add(change);
            if (calls.size() == 1) {
                throw new IllegalStateException("the database is locked");
            }
        });
        Files.writeString(file, port(3001));

        Result first = reloader.reload();
        Result second = reloader.reload();

        assertTrue(first.problem().orElseThrow().contains("IllegalStateException"));
        assertTrue(second.isChanged());
    }

    @Test
    void what_the_watcher_read_before_a_reload_does_not_undo_the_reload() throws Exception {
        var first = new CompletableFuture<Void>();
        var reloader = new EnvReloader(plan(NEVER, SOON), Map.of(), EnvFile.read(file), change -> {
            changes.add(change);
            if (change.settings().server().port() == 3001) {
                first.join();
            }
        });
        running = Optional.of(reloader);
        Files.writeString(file, port(3001));
        Thread present = new Thread(reloader::reload);
        present.start();
        assertPort(3001);
        Thread later = new Thread(reloader::reload);
        later.start();
        await(() -> later.getState() == Thread.State.WAITING);
        Files.writeString(file, port(3002));
        reloader.start();
        await(EnvReloaderTest::aReadingWaits);
        Files.writeString(file, port(3003));

        first.complete(null);
        present.join();
        later.join();

        assertEquals(3003, next().settings().server().port());
        Files.writeString(file, port(3004));
        assertEquals(3004, next().settings().server().port());
    }

    private static boolean aReadingWaits() {
        return Thread.getAllStackTraces().entrySet().stream()
                .anyMatch(each -> each.getKey().getState() == Thread.State.WAITING
                        && Arrays.stream(each.getValue())
                                .anyMatch(frame -> frame.getMethodName().equals("onReading")));
    }

    @Test
    void a_file_that_the_host_replaced_under_a_mount_of_its_own_is_told_with_the_remedy() throws Exception {
        Path table = root.resolve("mountinfo");
        String line = "63 43 254:0 /srv/.env%s " + file + " rw - ext4 /dev/vda rw\n";
        Files.writeString(table, String.format(line, ""));
        var plan = new Plan(file, SOON, NEVER, Clock.systemUTC(), table);
        var reloader = new EnvReloader(plan, Map.of(), EnvFile.read(file), changes::add);
        assertEquals(Optional.empty(), reloader.reload().problem());

        Files.writeString(table, String.format(line, "//deleted"));

        String problem = reloader.reload().problem().orElseThrow();
        assertTrue(problem.contains("mount the folder"), problem);
        assertEquals(Optional.of(problem), reloader.status().lastProblem());
    }

    // ── the end ──

    @Test
    void after_close_nothing_is_put_in_force_and_a_second_close_does_nothing() throws Exception {
        var reloader = watching(SOON);

        reloader.close();
        reloader.close();
        Files.writeString(file, port(3001));

        assertFalse(reloader.status().isWatching());
        assertFalse(reloader.status().watcherActive());
        await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("env-")));
        assertTrue(changes.isEmpty());
    }

    @Test
    void a_reloader_that_never_ran_can_be_closed() {
        reloader(Map.of(), NEVER, SOON).close();
    }

    @Test
    void a_listener_may_close_the_reloader() throws Exception {
        var closed = new LinkedBlockingQueue<String>();
        var self = new LinkedBlockingQueue<EnvReloader>();
        var reloader = new EnvReloader(plan(NEVER, SOON), Map.of(), EnvFile.read(file), change -> {
            self.forEach(EnvReloader::close);
            closed.add("closed");
        });
        self.add(reloader);
        reloader.start();

        Files.writeString(file, port(3001));

        assertNotNull(closed.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void it_starts_only_once() {
        var reloader = watching(NEVER);

        assertThrows(IllegalThreadStateException.class, reloader::start);
    }

    @Test
    void the_status_names_the_file_by_its_whole_path() {
        var reloader = watching(NEVER);

        assertEquals(file.toAbsolutePath(), reloader.status().envPath());
        assertTrue(reloader.status().isWatching());
        assertTrue(reloader.status().watcherActive());
        assertTrue(new Plan(Path.of("./.env"), SOON, NEVER, Clock.systemUTC(), root)
                .file()
                .isAbsolute());
    }

    private String assertRefused(String text, String reason) throws Exception {
        var reloader = watching(NEVER);

        Files.writeString(file, text);
        await(() ->
                reloader.status().lastProblem().filter(p -> p.contains(reason)).isPresent());

        String problem = reloader.status().lastProblem().orElseThrow();
        assertFalse(problem.contains("SECRET"), problem);
        Files.writeString(file, port(3001));
        assertPort(3001);
        await(() -> reloader.status().lastProblem().isEmpty());
        return problem;
    }

    private EnvReloader watching(Duration poll) {
        return watching(poll, Duration.ofMillis(30));
    }

    private EnvReloader watching(Duration poll, Duration debounce) {
        return start(Map.of(), poll, debounce);
    }

    private EnvReloader start(Map<String, String> environment, Duration poll, Duration debounce) {
        var reloader = reloader(environment, poll, debounce);
        running = Optional.of(reloader);
        reloader.start();
        return reloader;
    }

    private EnvReloader reloader(Map<String, String> environment, Duration poll, Duration debounce) {
        return new EnvReloader(plan(poll, debounce), environment, EnvFile.read(file), changes::add);
    }

    private Plan plan(Duration poll, Duration debounce) {
        return new Plan(file, debounce, poll, Clock.fixed(NOW, ZoneOffset.UTC), root.resolve("no-mount-table"));
    }

    private void assertPort(int port) throws InterruptedException {
        assertEquals(port, next().settings().server().port());
        assertTrue(changes.isEmpty(), "one save is one change");
    }

    private SettingsChange next() throws InterruptedException {
        SettingsChange change = changes.poll(20, TimeUnit.SECONDS);
        assertNotNull(change, "no change was noticed");
        return change;
    }

    /** Looks again and again until it is so; the test's own time limit ends it otherwise. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static String port(int port) {
        return KEY + "SERVICE_PORT=" + port + "\n";
    }
}
