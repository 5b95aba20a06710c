package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.fakeqwen.FakeQwen;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The built jar in a terminal, in a folder without {@code .env}, and its commands. */
@Timeout(600)
class FirstStartIT {

    private static final Pattern MODE = Pattern.compile("(?m)^[0-9a-f]+(?::[0-9a-f]+){10,}$");
    private static final Pattern PORT = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final FakeQwen fake = FakeQwen.start();
    private final String cookie = fake.accounts().cookie(fake.accounts().newUser());

    @AfterEach
    void close() {
        fake.close();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java") + " -jar " + System.getProperty("jar");
    }

    private PseudoTerminal terminal(String command) throws IOException {
        return new PseudoTerminal(
                folder,
                command,
                Map.of(
                        "SERVICE_PORT",
                        "0",
                        "LISTEN_ADDRESS",
                        "127.0.0.1",
                        "QWEN_CHAT_PROXY_URL",
                        fake.baseUrl(),
                        "QWEN_AUTH_PROXY_URL",
                        fake.baseUrl()));
    }

    private Map<String, String> written() {
        return ((EnvFile.Parsed) EnvFile.read(folder.resolve(".env"))).values();
    }

    private List<String> modes(PseudoTerminal terminal) {
        return MODE.matcher(terminal.screen()).results().map(MatchResult::group).toList();
    }

    @Test
    void a_cookie_longer_than_a_line_of_the_terminal_is_read_whole_and_the_gateway_answers() throws Exception {
        String paste = "pad=" + "a".repeat(6_500) + "#; " + cookie;
        try (var terminal = terminal("exec " + java())) {
            terminal.await("Cookie: ", 1);
            terminal.type(paste + "\n");
            terminal.await("listening on", 1);
            assertEquals(paste, written().get("QWEN_COOKIES"));
            Path env = folder.resolve(".env");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(env)));
            String key = written().getOrDefault("API_KEY", "");
            assertTrue(terminal.screen().contains("Your API key, for clients and the dashboard: " + key));
            assertFalse(terminal.screen().contains("aaaaaaaaaa"), terminal::screen);
            assertEquals(200, chat(terminal, key));
            terminal.type(PseudoTerminal.CTRL_C);
            assertEquals(0, terminal.awaitExit(), terminal::screen);
        }
    }

    private int chat(PseudoTerminal terminal, String key) throws Exception {
        var port = PORT.matcher(terminal.screen());
        assertTrue(port.find(), terminal::screen);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port.group(1) + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(World.body("hello", false)))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
    }

    @Test
    void a_token_that_was_cut_is_refused_and_asked_for_again() throws Exception {
        try (var terminal = terminal("stty -g; " + java() + "; echo status $?; stty -g")) {
            terminal.await("Cookie: ", 1);
            terminal.type("token=" + fake.accounts().token("someone").substring(0, 60) + "\n");
            terminal.await("Not taken: the token of cookie 1 cannot be decoded", 1);
            terminal.await("Cookie: ", 2);
            terminal.type("\n");
            terminal.await("Nothing was written.", 1);
            assertEquals(0, terminal.awaitExit());
            assertTrue(terminal.screen().contains("status 2"), terminal::screen);
            assertEquals(2, modes(terminal).size(), terminal::screen);
            assertEquals(modes(terminal).get(0), modes(terminal).get(1));
            assertFalse(Files.exists(folder.resolve(".env")));
        }
    }

    @Test
    void ctrl_c_at_the_question_leaves_the_terminal_as_it_was_and_writes_nothing() throws Exception {
        try (var terminal = terminal("trap : INT; stty -g; " + java() + " init; stty -g")) {
            terminal.await("Cookie: ", 1);
            terminal.type("token=half" + PseudoTerminal.CTRL_C);
            terminal.awaitExit();
            assertEquals(2, modes(terminal).size(), terminal::screen);
            assertEquals(modes(terminal).get(0), modes(terminal).get(1));
            assertFalse(terminal.screen().contains("half"), terminal::screen);
            assertFalse(Files.exists(folder.resolve(".env")));
        }
    }

    @Test
    void init_reads_a_cookie_from_standard_input() throws Exception {
        Path file = Files.writeString(folder.resolve("cookie"), cookie + "\n");
        var builder = new ProcessBuilder("sh", "-c", java() + " init < " + file).directory(folder.toFile());
        try (var init = new JarProcess(builder.redirectErrorStream(true).start())) {
            assertEquals(0, init.awaitExit(), init.log()::toString);
            assertEquals(cookie, written().get("QWEN_COOKIES"));
        }
    }

    @Test
    void a_cookie_on_the_command_line_is_refused_and_not_repeated() throws Exception {
        try (var init = JarProcess.launch(folder, "init", cookie)) {
            assertEquals(2, init.awaitExit());
            assertFalse(init.log().toString().contains("token=" + cookie.substring(10, 20)), init.log()::toString);
            assertFalse(init.log().toString().contains(cookie), init.log()::toString);
            assertFalse(Files.exists(folder.resolve(".env")));
        }
    }

    @Test
    void the_help_of_the_program_and_of_a_command_lists_every_command() throws Exception {
        for (String[] words :
                List.of(new String[] {"--help"}, new String[] {"doctor", "--help"}, new String[] {"init", "-h"})) {
            try (var help = JarProcess.launch(folder, words)) {
                assertEquals(0, help.awaitExit());
                for (String command : List.of("init", "doctor", "health", "capture", "backup FILE", "restore FILE")) {
                    assertTrue(
                            help.log().stream().anyMatch(line -> line.startsWith("  " + command)),
                            help.log()::toString);
                }
            }
        }
    }

    @Test
    void a_backup_is_written_while_the_gateway_runs_and_a_restore_waits_for_its_end() throws Exception {
        Map<String, String> settings = Map.of("API_KEY", "sk-of-this-test-0123", "QWEN_COOKIES", cookie);
        try (var jar = JarProcess.start(folder, settings)) {
            try (var backup = JarProcess.launch(folder, "backup", "copy.db")) {
                assertEquals(0, backup.awaitExit(), backup.log()::toString);
            }
            try (var restore = JarProcess.launch(folder, "restore", "copy.db")) {
                assertEquals(1, restore.awaitExit(), restore.log()::toString);
                assertTrue(restore.awaitLog("stop it first").startsWith("Nothing was changed"));
            }
            assertEquals(0, jar.stop());
        }
        try (var restore = JarProcess.launch(folder, "restore", "copy.db")) {
            assertEquals(0, restore.awaitExit(), restore.log()::toString);
        }
    }

    @Test
    void init_reads_a_cookie_from_a_file() throws Exception {
        Files.writeString(folder.resolve("cookie"), cookie + "\n");
        try (var init = JarProcess.launch(folder, "init", "--cookie-file", "cookie")) {
            assertEquals(0, init.awaitExit(), init.log()::toString);
            assertEquals(cookie, written().get("QWEN_COOKIES"));
        }
    }

    @Test
    void without_a_terminal_one_line_says_what_is_missing() throws Exception {
        try (var start = JarProcess.launch(folder)) {
            assertEquals(2, start.awaitExit(), start.log()::toString);
            assertEquals(1, start.log().size(), start.log()::toString);
            assertTrue(start.log().get(0).contains(".env"), start.log()::toString);
            assertFalse(Files.exists(folder.resolve(".env")));
        }
    }

    @Test
    void init_in_a_terminal_replaces_a_file_only_when_forced_and_keeps_the_former_one() throws Exception {
        Path former = Files.writeString(folder.resolve(".env"), "API_KEY=\"sk-the-former-one-0123\"\n");
        try (var terminal = terminal(java() + " init; echo status $?")) {
            terminal.await("with --force a new one takes its place", 1);
            terminal.await("status 1", 1);
            assertEquals(0, terminal.awaitExit());
        }
        assertEquals("API_KEY=\"sk-the-former-one-0123\"\n", Files.readString(former));
        try (var terminal = terminal(java() + " init --force; echo status $?")) {
            terminal.await("Cookie: ", 1);
            terminal.type(cookie + "\n");
            terminal.await("status 0", 1);
            assertEquals(0, terminal.awaitExit());
        }
        assertEquals(cookie, written().get("QWEN_COOKIES"));
        assertEquals("API_KEY=\"sk-the-former-one-0123\"\n", Files.readString(folder.resolve(".env.old")));
    }

    private void writeSettings() throws Exception {
        JarProcess.write(
                folder,
                Map.of(
                        "API_KEY",
                        "sk-of-this-test-0123",
                        "QWEN_COOKIES",
                        cookie,
                        "QWEN_CHAT_PROXY_URL",
                        fake.baseUrl()));
    }

    @ParameterizedTest(name = "\"{0}\" keeps it: {1}")
    @CsvSource({"y, true", "YES, true", "n, false", "'', false", "yeah, false"})
    void a_recording_is_kept_only_when_its_owner_says_yes(String answer, boolean kept) throws Exception {
        writeSettings();
        try (var terminal = terminal(java() + " capture --out report.txt; echo status $?")) {
            terminal.await("Keep this in report.txt? [y/N] ", 1);
            assertTrue(terminal.screen().contains("\"phase\": \"answer\""), terminal::screen);
            assertFalse(Files.exists(folder.resolve("report.txt")), "it was kept before the answer");
            terminal.type(answer + "\n");
            terminal.await(kept ? "Kept in report.txt." : "Not kept.", 1);
            terminal.await(kept ? "status 0" : "status 1", 1);
            assertEquals(0, terminal.awaitExit());
        }
        assertEquals(kept, Files.exists(folder.resolve("report.txt")));
    }

    @Test
    void ctrl_c_and_ctrl_d_at_the_question_keep_no_recording_and_leave_the_terminal_as_it_was() throws Exception {
        writeSettings();
        for (String keys : List.of(PseudoTerminal.CTRL_C, "\u0004")) {
            String capture = java() + " capture --out report.txt";
            try (var terminal = terminal("trap : INT; stty -g; " + capture + "; echo; stty -g")) {
                terminal.await("[y/N] ", 1);
                terminal.type(keys);
                terminal.awaitExit();
                assertEquals(2, modes(terminal).size(), terminal::screen);
                assertEquals(modes(terminal).get(0), modes(terminal).get(1));
            }
            assertFalse(Files.exists(folder.resolve("report.txt")));
        }
    }

    @Test
    void a_recording_is_made_by_the_jar_and_holds_no_secret() throws Exception {
        writeSettings();
        try (var capture = JarProcess.launch(folder, "capture", "--yes", "--out", "report.txt")) {
            assertEquals(0, capture.awaitExit(), capture.log()::toString);
        }
        String report = Files.readString(folder.resolve("report.txt"));
        assertTrue(report.contains("\"phase\": \"answer\""), report);
        for (String pair : cookie.split("; ")) {
            assertFalse(report.contains(pair.substring(pair.indexOf('=') + 1)), report);
        }
    }
}
