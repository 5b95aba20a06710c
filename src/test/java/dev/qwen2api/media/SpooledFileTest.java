package dev.qwen2api.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
}
