package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Refusals;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the log of the running jar says of a chat. */
@Timeout(500)
class LogIT {

    private static final String KEY = "sk-log-0123456789";
    private static final String PROMPT = "MY-PRIVATE-PROMPT";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static Map<String, String> settings(FakeQwen fake, String level) {
        return Map.of(
                "API_KEY", KEY,
                "LOG_LEVEL", level,
                "QWEN_CHAT_PROXY_URL", fake.baseUrl(),
                "QWEN_AUTH_PROXY_URL", fake.baseUrl(),
                "QWEN_CLI_PROXY_URL", fake.baseUrl(),
                "QWEN_COOKIES", fake.accounts().cookie(fake.accounts().newUser()));
    }

    private static int chat(JarProcess jar, String id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(jar.at("/v1/chat/completions"))
                .header("Authorization", "Bearer " + KEY)
                .header("x-request-id", id)
                .POST(BodyPublishers.ofString("{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\""
                        + "echo: " + PROMPT + "\"}]}"))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
    }

    @Test
    void a_failed_request_leaves_its_code_its_account_and_its_id() throws Exception {
        try (FakeQwen fake = FakeQwen.start();
                var jar = JarProcess.start(folder, settings(fake, "INFO"))) {
            fake.faults().add(Refusals.wafHtml());
            assertEquals(503, chat(jar, "r-7"));
            String line = jar.awaitLog("[HTTP] r-7");
            assertTrue(line.contains(" 503 "), line);
            assertTrue(line.contains(" account=account_1 code=verification_required"), line);
            assertTrue(jar.awaitLog("[CHAT] r-7 account_1 failed: ").contains("CHALLENGED"));
            String out = jar.awaitLog("[ACCOUNT] account_1 is out for all requests until ");
            assertTrue(out.contains("human check"), out);
            assertFalse(String.join("\n", jar.log()).contains(KEY));
        }
    }

    @Test
    void at_DEBUG_the_steps_of_a_chat_are_named_with_their_times_and_no_content() throws Exception {
        try (FakeQwen fake = FakeQwen.start();
                var jar = JarProcess.start(folder, settings(fake, "DEBUG"))) {
            assertEquals(200, chat(jar, "r-8"));
            jar.awaitLog("[HTTP] r-8");
            for (String step : List.of(
                    "[CHAT] r-8 account_1 was leased after ",
                    "[CHAT] account_1: chat created after ",
                    "[CHAT] account_1: completion answered with status 200 after ",
                    "[CHAT] r-8 account_1 sent its first event after ",
                    "[CHAT] r-8 account_1 answered after ")) {
                assertTrue(jar.awaitLog(step).endsWith(" ms"), step);
            }
            assertFalse(String.join("\n", jar.log()).contains(PROMPT));
        }
    }
}
