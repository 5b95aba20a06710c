package dev.qwen2api.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.failure.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpooledFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void what_comes_after_it_was_thrown_away_takes_no_room_and_makes_no_file() throws Exception {
        var room = new SpoolDirectory(folder, 1 << 20);
        var spooledFile = new SpooledFile(room);
        spooledFile.write(new byte[100], 0, 100);
        spooledFile.close();
        spooledFile.write(new byte[100_000], 0, 100_000);
        spooledFile.finish();
        assertEquals(0, room.used());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void the_free_disk_space_is_checked_again_while_a_large_file_is_written() throws Exception {
        var free = new AtomicLong(200L << 20);
        var directory = new SpoolDirectory(folder, 1L << 30, path -> free.get());
        try (var file = new SpooledFile(directory)) {
            byte[] piece = new byte[1 << 20];
            file.write(piece, 0, piece.length);
            free.set(63L << 20);
            ProblemException full = assertThrows(ProblemException.class, () -> {
                for (int i = 0; i < 10; i++) {
                    file.write(piece, 0, piece.length);
                }
            });
            assertTrue(
                    full.problem().message().contains("disk is full"),
                    full.problem().message());
        }
        assertEquals(0, directory.used());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }
}
