package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.qwen2api.fakeqwen.FakeQwen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in a real browser. {@code -Ddashboard.pictures=FOLDER} keeps pictures of it. */
@Timeout(500)
class DashboardIT {

    private static final String KEY = "sk-dashboard-0123456789";
    private static final int OLDEST_NODE = 18;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String chromium() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElseGet(() -> {
                    System.err.println("\n# No Chromium is here: the dashboard was NOT tested.\n");
                    return abort("no Chromium is here");
                });
    }

    @Test
    void the_owner_finds_everything_in_order() throws Exception {
        String browser = chromium();
        NodeProject node = NodeProject.orSkip("dashboard", OLDEST_NODE, "The dashboard");
        try (FakeQwen fake = FakeQwen.start()) {
            String one = fake.accounts().cookie(fake.accounts().newUser());
            String two = fake.accounts().cookie(fake.accounts().newUser());
            String three = fake.accounts().cookie(fake.accounts().newUser());
            Map<String, String> settings = Map.of(
                    "API_KEY",
                    KEY,
                    "QWEN_CHAT_PROXY_URL",
                    fake.baseUrl(),
                    "QWEN_AUTH_PROXY_URL",
                    fake.baseUrl(),
                    "QWEN_CLI_PROXY_URL",
                    fake.baseUrl(),
                    "ENABLE_FILE_LOG",
                    "true",
                    "LOG_DIR",
                    folder.resolve("logs").toString(),
                    "QWEN_COOKIES",
                    one + "," + two);
            var words = new ArrayList<String>();
            try (var jar = JarProcess.start(folder, settings)) {
                words.addAll(List.of(
                        jar.baseUrl(),
                        KEY,
                        three,
                        browser,
                        folder.resolve(".env").toString(),
                        folder.resolve("logs/qwen2api.log").toString()));
                String pictures = System.getProperty("dashboard.pictures", "");
                if (!pictures.isEmpty()) {
                    words.add(Path.of(pictures).toAbsolutePath().toString());
                }
                List<String> said = node.run("checks.mjs", words.toArray(String[]::new));
                assertEquals(
                        List.of(),
                        said.stream().filter(line -> line.startsWith("not ok")).toList());
                assertEquals("done", said.get(said.size() - 1));
                assertTrue(said.size() > 9, said.toString());
            }
        }
    }
}
