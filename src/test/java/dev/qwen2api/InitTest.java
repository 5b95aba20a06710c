package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.fakeqwen.FakeTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code qwen2api init} writes, and what it leaves alone. */
class InitTest {

    private static final String COOKIE = "cna=a#b; token="
            + FakeTokens.mint("user", Instant.now().plus(Duration.ofDays(30))) + "; ssxmod_itna=1-x\"y\\z";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<String> said = new ArrayList<>();

    private OptionalInt init(String... words) {
        var all = new ArrayList<>(List.of("init"));
        all.addAll(List.of(words));
        return new Commands(env(), Map.of(), Clock.systemUTC(), said::add).run(all);
    }

    private Path env() {
        return folder.resolve(".env");
    }

    private String cookieFile(String text) throws IOException {
        return Files.writeString(folder.resolve("cookie.txt"), text).toString();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void it_writes_a_key_and_the_cookie_for_the_owner_alone() throws Exception {
        assertEquals(OptionalInt.of(0), init("--cookie-file", cookieFile(COOKIE + "\n")), said::toString);
        var written = (EnvFile.Parsed) EnvFile.read(env());
        assertEquals(List.of(), written.warnings());
        assertEquals(
                List.of("API_KEY", "QWEN_COOKIES"), List.copyOf(written.values().keySet()));
        assertEquals(COOKIE, written.values().get("QWEN_COOKIES"));
        String key = written.values().getOrDefault("API_KEY", "");
        assertTrue(key.matches("sk-[a-z0-9]{30,40}"), key);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(env())));
        assertFalse(said.toString().contains(key), said::toString);
        assertFalse(said.toString().contains("token="), said::toString);
        assertEquals(List.of(".env", "cookie.txt"), names());
    }

    @Test
    void a_file_that_exists_stays_as_it_is_without_force() throws Exception {
        Files.writeString(env(), "API_KEY=\"sk-former\"\n");
        assertEquals(OptionalInt.of(1), init("--cookie-file", cookieFile(COOKIE)));
        assertTrue(said.get(0).contains("--force"), said::toString);
        assertEquals("API_KEY=\"sk-former\"\n", Files.readString(env()));
    }

    @Test
    void with_force_a_copy_of_the_former_file_is_kept_for_the_owner_alone() throws Exception {
        for (int i = 1; i <= 2; i++) {
            Files.writeString(env(), "API_KEY=\"sk-former-" + i + "\"\n");
            Files.setPosixFilePermissions(env(), PosixFilePermissions.fromString("rw-r--r--"));
            assertEquals(OptionalInt.of(0), init("--force", "--cookie-file", cookieFile(COOKIE)), said::toString);
        }
        assertEquals(List.of(".env", ".env.old", ".env.old-2", "cookie.txt"), names());
        Path copy = folder.resolve(".env.old-2");
        assertEquals("API_KEY=\"sk-former-2\"\n", Files.readString(copy));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(env())));
    }

    @Test
    void a_link_stays_a_link_and_its_target_is_written() throws Exception {
        Path real =
                Files.writeString(Files.createDirectory(folder.resolve("etc")).resolve("qwen.env"), "A=1\n");
        Files.createSymbolicLink(env(), real);
        assertEquals(OptionalInt.of(0), init("--force", "--cookie-file", cookieFile(COOKIE)), said::toString);
        assertTrue(Files.isSymbolicLink(env()));
        assertTrue(Files.readString(real).contains("QWEN_COOKIES=\"cna=a#b; token="));
    }

    @Test
    void a_cookie_that_is_refused_leaves_nothing_behind() throws Exception {
        assertEquals(OptionalInt.of(1), init("--cookie-file", cookieFile(COOKIE.substring(0, 100))));
        assertTrue(said.get(0).contains("Nothing was written"), said::toString);
        assertEquals(
                OptionalInt.of(1),
                init("--cookie-file", folder.resolve("missing").toString()));
        assertEquals(List.of("cookie.txt"), names());
    }

    @Test
    void a_cookie_on_the_command_line_is_not_taken() throws Exception {
        assertEquals(OptionalInt.empty(), init(COOKIE));
        assertEquals(OptionalInt.empty(), init("--cookie", COOKIE));
        assertEquals(List.of(), said);
        assertEquals(List.of(), names());
    }
}
