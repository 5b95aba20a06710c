package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.fakeqwen.WireFaults;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Secrets are sent through every route and every failure, and looked for wherever somebody might read them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SecretsIT {

    private static final String PROMPT = "canary-prompt-3b1f";
    private static final String ANSWER = "canary-answer-77aa";
    private static final String ADMIN = "sk-canary-admin-9c2d";
    private static final String STRANGER = "sk-canary-stranger-51ee";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<String> told = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>(List.of(PROMPT, ANSWER, ADMIN, STRANGER, JarUnderTest.KEY));

    private static List<Fault> harms() {
        return List.of(
                Refusals.unauthorized401(),
                Refusals.forbidden403(),
                Refusals.rateLimited(2),
                Refusals.punishJson("captcha"),
                Refusals.wafHtml(),
                Refusals.http500(),
                StreamFaults.errorFrameFirst("internal_error"),
                StreamFaults.errorTextFirst("Internal error!"),
                StreamFaults.garbage(),
                StreamFaults.resetAfterText(1),
                WireFaults.resetBeforeFirstByte(),
                WireFaults.gzipUnasked(),
                WireFaults.wrongContentType("text/plain"));
    }

    @Test
    void no_secret_is_in_any_log_error_or_thread_name() throws Exception {
        try (JarUnderTest jarUnderTest = new JarUnderTest(
                folder,
                1,
                Map.of(
                        "LOG_LEVEL",
                        "DEBUG",
                        "ENABLE_FILE_LOG",
                        "true",
                        "ADMIN_KEY",
                        ADMIN,
                        "SHUTDOWN_GRACE_SECONDS",
                        "0"))) {
            String cookie = jarUnderTest.settings.get("QWEN_COOKIES");
            for (String pair : cookie.split(";\\s*")) {
                secrets.add(pair.substring(pair.indexOf('=') + 1));
            }
            secrets.removeIf(secret -> secret.length() < 8);
            jarUnderTest.fake.script().otherwise(Answer.empty().chunks(ANSWER, " and more"));
            askAll(jarUnderTest, cookie);
            tellThreads(jarUnderTest);
            assertEquals(0, jarUnderTest.jar.stop());
            told.addAll(jarUnderTest.jar.log());
        }
        List<String> files = logFiles();
        assertFalse(files.isEmpty(), "a file was logged to");
        told.addAll(files);
        for (String secret : secrets) {
            List<String> leaks =
                    told.stream().filter(text -> text.contains(secret)).toList();
            assertEquals(List.of(), leaks, secret);
        }
    }

    private void askAll(JarUnderTest jarUnderTest, String cookie) throws Exception {
        jarUnderTest.chat(PROMPT, true);
        jarUnderTest.chat(PROMPT, false);
        for (Fault harm : harms()) {
            jarUnderTest.fake.faults().clear();
            jarUnderTest.fake.faults().add(harm);
            for (boolean stream : new boolean[] {true, false}) {
                // Words of the answer may be in an answer, and nowhere else.
                told.add(jarUnderTest.chat(PROMPT, stream).body.replace(ANSWER, ""));
            }
            post(jarUnderTest, "/api/accounts/1/reset", "{}", ADMIN);
        }
        jarUnderTest.fake.faults().clear();
        for (String path : List.of(
                "/v1/chat/completions",
                "/api/addAccount",
                "/verify",
                "/api/reloadConfig",
                "/nowhere?key=" + STRANGER)) {
            for (String key : List.of(ADMIN, STRANGER, JarUnderTest.KEY)) {
                for (String body : List.of(
                        "{\"model\":\"" + PROMPT + "\"}",
                        "{\"model\":\"m\",\"messages\":\"" + PROMPT + "\"}",
                        "{\"num\":\"1\",\"cookie\":\"" + cookie + "\"}",
                        "{\"num\":\"" + PROMPT + "\",\"cookie\":7}",
                        "{\"apiKey\":\"" + STRANGER + "\"}",
                        PROMPT + cookie)) {
                    told.add(post(jarUnderTest, path, body, key));
                }
            }
        }
        for (String path : List.of(
                "/api/accountsHealth", "/api/configStatus", "/api/usage", "/v1/models", "/healthz", "/metrics")) {
            told.add(jarUnderTest.send(jarUnderTest
                            .request(path)
                            .setHeader("Authorization", "Bearer " + ADMIN)
                            .build())
                    .body);
        }
        jarUnderTest.settings.put("PROXY_URL", "ftp://someone:" + STRANGER + "@proxy.example:1080");
        jarUnderTest.save();
        jarUnderTest.jar.awaitLog("PROXY_URL");
    }

    private static String post(JarUnderTest jarUnderTest, String path, String body, String key) throws Exception {
        HttpRequest request = jarUnderTest
                .request(path)
                .setHeader("Authorization", "Bearer " + key)
                .POST(BodyPublishers.ofString(body))
                .build();
        World.Reply reply = jarUnderTest.send(request);
        // The name of a model is the client's own word, and no secret, where it is told that there is no such model.
        return reply.body.replace("'" + PROMPT + "'", "").replace("\"" + PROMPT + "\"", "");
    }

    private void tellThreads(JarUnderTest jarUnderTest) throws Exception {
        Process dump = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(jarUnderTest.jar.handle().pid()),
                        "Thread.print")
                .redirectErrorStream(true)
                .start();
        told.add(new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        dump.waitFor();
    }

    private List<String> logFiles() throws Exception {
        var texts = new ArrayList<String>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".log")).toList()) {
                texts.add(Files.readString(file));
            }
        }
        return texts;
    }
}
