package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.FakeQwen;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a script of checks printed: {@code ok NAME} or {@code not ok NAME: WHY} for each, and {@code done} at its end.
 *
 * @param lines the lines
 */
record NodeChecks(List<String> lines) {

    /** What the clients ask for. */
    private static final int OLDEST_NODE = 20;

    private static final String KEY = "sk-node";

    /**
     * Runs {@code src/test/js/PROJECT/checks.mjs} against the built jar, whose one account is {@code user} of the
     * stand-in. Skips the test where Node or the client's package cannot be had.
     */
    static NodeChecks run(String project, String client, Path folder, FakeQwen fake, String user) throws Exception {
        NodeProject node = NodeProject.orSkip(project, OLDEST_NODE, client);
        var settings = Map.of(
                "API_KEY", KEY,
                "QWEN_CHAT_PROXY_URL", fake.baseUrl(),
                "QWEN_AUTH_PROXY_URL", fake.baseUrl(),
                "QWEN_COOKIES", fake.accounts().cookie(user));
        try (var jar = JarProcess.start(folder, settings)) {
            var checks = new NodeChecks(node.run("checks.mjs", jar.baseUrl(), KEY));
            assertEquals(0, jar.stop(), () -> String.join("\n", jar.log()));
            return checks;
        }
    }

    void assertOk(String check) {
        assertTrue(lines.contains("ok " + check), () -> findings(check));
    }

    /** Asserts that the script came to its end and ran no other checks than these. */
    void assertOnly(String... checks) {
        List<String> unknown = lines.stream()
                .filter(line -> line.startsWith("ok ") || line.startsWith("not ok "))
                .map(line -> line.replaceFirst("^(not )?ok ", "").replaceFirst(":.*", ""))
                .filter(name -> !List.of(checks).contains(name))
                .toList();
        assertEquals(List.of(), unknown);
        assertEquals("done", lines.get(lines.size() - 1));
    }

    private String findings(String check) {
        return lines.stream()
                .filter(line -> line.startsWith("not ok " + check))
                .findFirst()
                .orElseGet(() -> "no word about it; the script said:\n" + String.join("\n", lines));
    }
}
