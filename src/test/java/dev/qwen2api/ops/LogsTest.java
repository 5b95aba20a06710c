package dev.qwen2api.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.qwen2api.config.Settings;
import dev.qwen2api.config.UnusableSettingException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_folder_that_cannot_be_made_is_a_problem_of_the_setting_that_names_it() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        var settings = new Settings.Logs(Settings.LogLevel.INFO, true, file.resolve("logs"), 1000, 2);
        var logs = new Logs(new PrintStream(new ByteArrayOutputStream()));
        var problem = assertThrows(UnusableSettingException.class, () -> logs.apply(settings));
        assertEquals(
                "the log file cannot be opened: " + file.resolve("logs") + ": Not a directory. Correct LOG_DIR or its"
                        + " permissions, or set ENABLE_FILE_LOG to false",
                problem.getMessage());
    }
}
