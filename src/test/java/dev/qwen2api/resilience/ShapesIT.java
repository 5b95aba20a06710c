package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies whose trees take many times their bytes: two at a time, in a heap smaller than one of them. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ShapesIT {

    private static final String HI = "{\"role\":\"user\",\"content\":\"hi\"}";
    private static final String TOOL = "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx96m", "-Xmx192m"})
    void a_body_of_a_million_values_is_answered_or_refused_and_ends_nothing(String heap) throws Exception {
        Map<String, String> bodies = Map.of(
                "metadata", body(HI, ",\"metadata\":[" + "{},".repeat(3_300_000) + "{}]"),
                "unknown", body(HI, ",\"logit_bias\":[" + "{},".repeat(3_300_000) + "{}]"),
                "messages", body(HI + ("," + HI).repeat(100_000), ""),
                "parts",
                        body(
                                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}"
                                        + ",{\"type\":\"text\",\"text\":\"a\"}".repeat(100_000) + "]}",
                                ""),
                "tools", body(HI, ",\"tools\":[" + TOOL + ("," + TOOL).repeat(100_000) + "]"),
                "surrogates", body("{\"role\":\"user\",\"content\":\"" + "\\ud800".repeat(200_000) + "\"}", ""));
        ExecutorService clients = Executors.newFixedThreadPool(2);
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 2, Map.of("ACCOUNT_MAX_CONCURRENT", "0"), heap)) {
            for (var each : bodies.entrySet()) {
                var running = new ArrayList<Future<World.Reply>>();
                for (int i = 0; i < 2; i++) {
                    running.add(clients.submit(() -> jarUnderTest.send(jarUnderTest
                            .request("/v1/chat/completions")
                            .POST(BodyPublishers.ofString(each.getValue()))
                            .build())));
                }
                for (Future<World.Reply> one : running) {
                    World.Reply reply = one.get(2, TimeUnit.MINUTES);
                    assertTrue(isExpected(reply), each.getKey() + ": " + reply + "\n" + jarUnderTest.tail());
                }
                jarUnderTest.assertServes();
            }
            assertTrue(
                    jarUnderTest.jar.log().stream().noneMatch(line -> line.contains("OutOfMemory")),
                    jarUnderTest.tail());
        } finally {
            clients.shutdownNow();
        }
    }

    private static boolean isExpected(World.Reply reply) throws IOException {
        return Set.of(200, 413, 503).contains(reply.status)
                || reply.status == 400
                        && reply.json().at("/error/code").asText().equals("context_length_exceeded");
    }

    private static String body(String messages, String more) {
        return "{\"model\":\"qwen-max\",\"messages\":[" + messages + "]" + more + "}";
    }
}
