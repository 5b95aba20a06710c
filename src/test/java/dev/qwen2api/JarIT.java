package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Refusals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the built jar starts, refuses to start, logs and ends. */
@Timeout(600)
class JarIT {

    private static final String KEY = "sk-the-key-of-this-test";
    private static final String ADMIN_KEY = "sk-the-owner-of-this-test";

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void without_an_api_key_it_says_in_one_line_what_to_put_where() throws Exception {
        JarProcess.write(folder, Map.of("QWEN_COOKIES", ""));
        try (var jar = JarProcess.launch(folder)) {
            assertEquals(2, jar.awaitExit());
            assertEquals(1, jar.log().size(), jar.log()::toString);
            assertTrue(jar.log().get(0).contains("put a line such as API_KEY=\"sk-…\" into .env"), jar.log()::toString);
        }
    }

    @Test
    void without_an_env_file_it_says_where_it_looked() throws Exception {
        try (var jar = JarProcess.launch(folder)) {
            assertEquals(2, jar.awaitExit());
            assertTrue(jar.log().get(0).contains(".env"), jar.log()::toString);
            assertTrue(jar.awaitLog("API_KEY is not set").contains("[CONFIG]"));
        }
    }

    @Test
    void every_wrong_setting_is_named_at_once_and_secrets_are_not_shown() throws Exception {
        JarProcess.write(folder, Map.of("API_KEY", "two words", "SERVICE_PORT", "many", "LOG_LEVEL", "LOUD"));
        try (var jar = JarProcess.launch(folder)) {
            assertEquals(2, jar.awaitExit());
            assertEquals(3, jar.log().size(), jar.log()::toString);
            assertTrue(jar.awaitLog("SERVICE_PORT").contains("many"));
            assertTrue(jar.awaitLog("LOG_LEVEL").contains("LOUD"));
            assertFalse(jar.awaitLog("API_KEY").contains("two words"));
        }
    }

    @Test
    void a_port_that_is_taken_is_named_in_one_line() throws Exception {
        try (var holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(holder.getLocalPort());
            JarProcess.write(folder, Map.of("API_KEY", KEY, "LISTEN_ADDRESS", "127.0.0.1", "SERVICE_PORT", port));
            try (var jar = JarProcess.launch(folder)) {
                assertEquals(2, jar.awaitExit());
                assertEquals(1, jar.log().size(), jar.log()::toString);
                String line = jar.awaitLog("cannot listen on 127.0.0.1:" + port);
                assertTrue(line.contains("SERVICE_PORT"), line);
            }
        }
    }

    @Test
    void an_address_that_this_machine_does_not_have_yet_ends_with_a_status_after_which_systemd_tries_again()
            throws Exception {
        JarProcess.write(folder, Map.of("API_KEY", KEY, "LISTEN_ADDRESS", "192.0.2.1", "SERVICE_PORT", "0"));
        try (var jar = JarProcess.launch(folder)) {
            assertEquals(1, jar.awaitExit());
            assertEquals(1, jar.log().size(), jar.log()::toString);
            String line = jar.awaitLog("cannot listen on 192.0.2.1:0");
            assertTrue(line.contains("LISTEN_ADDRESS"), line);
            assertFalse(line.contains("SERVICE_PORT"), line);
        }
    }

    @Test
    void an_unknown_word_is_refused_with_the_usage() throws Exception {
        try (var jar = JarProcess.launch(folder, "--verison")) {
            assertEquals(2, jar.awaitExit());
            assertEquals("unknown: --verison", jar.log().get(0));
            assertTrue(jar.awaitLog("usage: ").contains("java -jar qwen2api.jar"));
        }
    }

    @Test
    void it_tells_its_version_and_its_usage_without_any_settings() throws Exception {
        try (var version = JarProcess.launch(folder, "--version");
                var help = JarProcess.launch(folder, "--help")) {
            assertEquals(0, version.awaitExit());
            assertEquals(1, version.log().size());
            assertTrue(version.log().get(0).matches("qwen2api \\d+\\.\\d+\\.\\d+.*"), version.log()::toString);
            assertEquals(0, help.awaitExit());
            assertTrue(help.log().get(0).startsWith("usage: "), help.log()::toString);
        }
    }

    @Test
    void the_doctor_and_the_question_after_its_health_answer_with_their_status_and_log_nothing() throws Exception {
        try (var fake = FakeQwen.start();
                var jar = JarProcess.start(folder, settings(fake))) {
            var same = new LinkedHashMap<>(settings(fake));
            same.putAll(Map.of(
                    "LISTEN_ADDRESS",
                    "127.0.0.1",
                    "SERVICE_PORT",
                    Integer.toString(jar.at("/").getPort())));
            JarProcess.write(folder, same);
            try (var health = JarProcess.launch(folder, "health");
                    var doctor = JarProcess.launch(folder, "doctor")) {
                assertEquals(0, health.awaitExit(), health.log()::toString);
                assertEquals(List.of("it lives"), health.log());
                assertTrue(doctor.awaitExit() < 2, doctor.log()::toString);
                assertTrue(doctor.awaitLog("ok    port").contains("a gateway answers"));
                assertTrue(
                        doctor.log().stream().allMatch(line -> line.matches("(ok|warn|FAIL) .*")),
                        doctor.log()::toString);
            }
            assertEquals(0, jar.stop());
            try (var health = JarProcess.launch(folder, "health")) {
                assertEquals(1, health.awaitExit());
            }
        }
    }

    @Test
    void without_an_account_it_starts_and_says_how_to_add_one() throws Exception {
        try (var jar = JarProcess.start(folder, Map.of("API_KEY", KEY))) {
            assertTrue(jar.awaitLog("accounts: none yet").contains("QWEN_COOKIES"));
            HttpResponse<String> answer = chat(jar, "hello", false, BodyHandlers.ofString());
            assertEquals(503, answer.statusCode());
            assertTrue(answer.body().contains("\"no_account\""), answer::body);
            assertEquals(0, jar.stop());
        }
    }

    @Test
    void a_stream_that_runs_when_it_is_told_to_end_is_finished_first() throws Exception {
        try (var fake = FakeQwen.start();
                var jar = JarProcess.start(folder, settings(fake))) {
            fake.script().otherwise(Answer.text("one two three four five six").delayPerChunk(Duration.ofMillis(200)));
            HttpResponse<InputStream> answer = chat(jar, "count", true, BodyHandlers.ofInputStream());
            assertEquals(200, answer.statusCode());
            try (var body = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                String first = body.readLine();
                jar.terminate();
                String rest = body.lines().collect(Collectors.joining("\n"));
                assertTrue(first.contains("one "), first);
                assertTrue(rest.contains("\"content\":\"six\""), rest);
                assertTrue(rest.contains("\"finish_reason\":\"stop\""), rest);
                assertTrue(rest.endsWith("data: [DONE]\n"), rest);
            }
            assertEquals(0, jar.awaitExit());
            assertTrue(jar.awaitLog("stopping").contains("[SERVER]"));
            assertTrue(jar.awaitLog("] stopped").contains("[SERVER]"));
        }
    }

    @Test
    void the_log_holds_no_secret_whatever_happens() throws Exception {
        try (var fake = FakeQwen.start()) {
            String user = fake.accounts().newUser();
            String cookie = fake.accounts().cookie(user);
            var settings = new LinkedHashMap<>(settings(fake));
            settings.putAll(Map.of("QWEN_COOKIES", cookie, "LOG_LEVEL", "DEBUG", "ENABLE_FILE_LOG", "true"));
            try (var jar = JarProcess.start(folder, settings)) {
                fake.script().queue(Answer.text("the answer nobody may read"));
                assertEquals(
                        200,
                        chat(jar, "the prompt nobody may read", false, BodyHandlers.ofString())
                                .statusCode());
                assertEquals(
                        400,
                        post(jar, KEY, "{\"model\":\"qwen-max\",\"messages\":\"the prompt nobody may read\"}")
                                .statusCode());
                assertEquals(401, post(jar, "sk-some-stranger", "{}").statusCode());
                fake.faults().add(Refusals.http500().once());
                assertEquals(
                        502,
                        chat(jar, "the prompt nobody may read", false, BodyHandlers.ofString())
                                .statusCode());
                fake.faults().add(Refusals.wafHtml().once());
                assertEquals(
                        503,
                        chat(jar, "the prompt nobody may read", true, BodyHandlers.ofString())
                                .statusCode());
                assertEquals(0, jar.stop());
                String log = String.join("\n", jar.log()) + Files.readString(logFile());
                assertTrue(log.contains("account_1") && log.contains("/v1/chat/completions 200"), log);
                for (String secret : secrets(cookie)) {
                    assertFalse(log.contains(secret), () -> "'" + secret + "' is in the log:\n" + log);
                }
            }
        }
    }

    @Test
    void the_library_for_zstd_is_loaded_by_the_first_body_that_needs_it() throws Exception {
        Path loaded = folder.resolve("classes.log");
        String library = "com.github.luben.zstd.util.Native";
        List<String> jvm = List.of("-Xlog:class+load:file=" + loaded);
        try (var fake = FakeQwen.start();
                var jar = JarProcess.start(folder, settings(fake), jvm)) {
            assertEquals(200, chat(jar, "hello", false, BodyHandlers.ofString()).statusCode());
            assertFalse(Files.readString(loaded).contains(library));
            byte[] body = Zstd.compress("{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                    .getBytes(StandardCharsets.UTF_8));
            HttpRequest request = HttpRequest.newBuilder(jar.at("/v1/chat/completions"))
                    .header("Authorization", "Bearer " + KEY)
                    .header("Content-Encoding", "zstd")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            assertEquals(200, client.send(request, BodyHandlers.ofString()).statusCode());
            assertTrue(Files.readString(loaded).contains(library));
        }
    }

    /** The keys, what is said, the whole cookie, and the value of each of its pairs. */
    private static List<String> secrets(String cookie) {
        List<String> secrets = new ArrayList<>(List.of(KEY, ADMIN_KEY, "sk-some-stranger", "nobody may read", cookie));
        for (String pair : cookie.split("; ")) {
            secrets.add(pair.substring(pair.indexOf('=') + 1));
        }
        return secrets;
    }

    private Path logFile() throws IOException {
        try (var files = Files.list(folder.resolve("logs"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private static Map<String, String> settings(FakeQwen fake) {
        return Map.of(
                "API_KEY", KEY,
                "ADMIN_KEY", ADMIN_KEY,
                "QWEN_CHAT_PROXY_URL", fake.baseUrl(),
                "QWEN_AUTH_PROXY_URL", fake.baseUrl(),
                "QWEN_COOKIES", fake.accounts().cookie(fake.accounts().newUser()));
    }

    private <T> HttpResponse<T> chat(JarProcess jar, String text, boolean stream, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        String body = """
                {"model":"qwen-max","stream":%s,"messages":[{"role":"user","content":"%s"}]}""".formatted(stream, text);
        return client.send(request(jar, KEY, body), handler);
    }

    private HttpResponse<String> post(JarProcess jar, String key, String body)
            throws IOException, InterruptedException {
        return client.send(request(jar, key, body), BodyHandlers.ofString());
    }

    private static HttpRequest request(JarProcess jar, String key, String body) {
        return HttpRequest.newBuilder(jar.at("/v1/chat/completions"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
