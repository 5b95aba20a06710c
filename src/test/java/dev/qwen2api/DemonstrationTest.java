package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scripts/stage.sh} says while a newcomer waits. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class DemonstrationTest {

    private static final Path STAGE = Path.of("scripts/stage.sh").toAbsolutePath();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private int bash(String script) throws Exception {
        Process process = new ProcessBuilder("bash", "-euc", ". " + STAGE + "; " + script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        assertTrue(process.waitFor(50, TimeUnit.SECONDS));
        return process.exitValue();
    }

    private String said() throws Exception {
        return Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
    }

    /** The command ends when it has seen that somebody told what it does. */
    @Test
    void a_long_build_says_again_and_again_what_it_is_doing() throws Exception {
        String command = "echo fetching; until [ $(grep -c fetching said) -ge 2 ]; do sleep 0.1; done";
        assertEquals(0, bash("saying building sh -c '" + command + "'"), this::quote);
        assertTrue(said().matches("(?s)( +… still building after \\d+ s: fetching\\n){2,}"), said());
    }

    @Test
    void a_build_that_fails_shows_why_and_ends_with_its_status() throws Exception {
        assertEquals(3, bash("saying building sh -c 'echo no route to host; exit 3'"), this::quote);
        assertEquals("no route to host\n", said());
    }

    private String quote() {
        try {
            return said();
        } catch (Exception unreadable) {
            return unreadable.toString();
        }
    }
}
