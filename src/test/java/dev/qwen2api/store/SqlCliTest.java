package dev.qwen2api.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.qwen2api.account.MovableClock;
import dev.qwen2api.upstream.compatible.CliCredential;
import dev.qwen2api.upstream.compatible.CliStore.StoredCli;
import dev.qwen2api.upstream.compatible.CliStore.StoredPause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The CLI channel's rows on a real disk. */
@Timeout(60)
class SqlCliTest {

    private static final Instant SOON = Instant.parse("2026-11-23T18:00:00.123Z");
    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);

    private static final StoredCli READY = new StoredCli(
            "user-1",
            Optional.of(new CliCredential("at", Optional.of("rt"), Optional.of("portal.qwen.ai"), SOON)),
            Optional.of(new StoredPause(false, "Busy.", SOON)),
            DAY,
            2000);
    private static final StoredCli BARE = new StoredCli(
            "user-2",
            Optional.of(new CliCredential("at", Optional.empty(), Optional.empty(), SOON)),
            Optional.empty(),
            DAY,
            0);
    private static final StoredCli REFUSED =
            new StoredCli("user-3", Optional.empty(), Optional.of(new StoredPause(true, "没有", SOON)), DAY, 1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Database open(Path path) {
        return new Database(path, new MovableClock(), System::nanoTime);
    }

    private List<StoredCli> kept() {
        try (Database database = open(folder.resolve("a.db"))) {
            return new SqlCli(database).load();
        }
    }

    @Test
    void every_row_comes_back_as_it_was() {
        try (Database database = open(folder.resolve("a.db"))) {
            var store = new SqlCli(database);
            for (StoredCli each : List.of(REFUSED, READY, BARE)) {
                store.save(each.user(), () -> Optional.of(each));
            }
        }
        assertEquals(List.of(READY, BARE, REFUSED), kept());
    }

    @Test
    void a_row_that_is_saved_soon_is_there_after_the_end_and_the_newest_wins() {
        try (Database database = open(folder.resolve("a.db"))) {
            var store = new SqlCli(database);
            store.saveSoon(READY.user(), () -> Optional.of(READY));
            store.save(BARE.user(), () -> Optional.of(BARE));
            store.saveSoon(BARE.user(), Optional::empty);
        }
        assertEquals(List.of(READY), kept());
    }

    @Test
    void a_disk_that_cannot_be_written_holds_nobody_up() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        try (Database database = open(file.resolve("a.db"))) {
            var store = new SqlCli(database);
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> store.save(READY.user(), () -> Optional.of(READY)));
            assertEquals(List.of(), store.load());
        }
    }
}
