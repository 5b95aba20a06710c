package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the READMEs tell people to type works as it stands there. */
@Timeout(120)
class ReadmeIT {

    private static final String KEY = "sk-your-secret-key";
    private static final Pattern BLOCK = Pattern.compile("```bash\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static List<String> blocks(String file) throws Exception {
        return BLOCK.matcher(Files.readString(Path.of(file)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static List<String> curls(String file) throws Exception {
        return blocks(file).stream().filter(block -> block.startsWith("curl ")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md"})
    void every_request_is_answered(String file) throws Exception {
        try (FakeQwen fake = FakeQwen.start()) {
            fake.script().whenAsked("lighthouse", Answer.image("https://cdn.qwenlm.ai/output/0/t2i/a.png?key=k"));
            Map<String, String> settings = Map.of(
                    "API_KEY", KEY,
                    "QWEN_CHAT_PROXY_URL", fake.baseUrl(),
                    "QWEN_AUTH_PROXY_URL", fake.baseUrl(),
                    "QWEN_COOKIES", fake.accounts().cookie(fake.accounts().newUser()));
            try (var jar = JarProcess.start(folder, settings)) {
                var bad = new ArrayList<String>();
                for (String curl : curls(file)) {
                    String status = run(curl.replace("http://localhost:3000", jar.baseUrl()));
                    // Nothing has changed in the file, which a reload by hand says with a status of its own.
                    boolean fine = status.equals("200") || curl.contains("/api/reloadConfig") && status.startsWith("4");
                    if (!fine) {
                        bad.add(status + " of " + curl);
                    }
                }
                assertEquals(List.of(), bad);
            }
        }
        assertTrue(curls(file).size() >= 10, "they are few");
    }

    private static String run(String curl) throws Exception {
        Process process = new ProcessBuilder(
                        "bash", "-c", curl.replaceFirst("^curl ", "curl -sS -o /dev/null -w '%{http_code}' "))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), curl);
        return said.strip();
    }

    @Test
    void both_languages_show_the_same_commands() throws Exception {
        assertEquals(commands("README.md"), commands("README.zh-CN.md"), "but for comments and the words of a prompt");
    }

    private static List<String> commands(String file) throws Exception {
        return blocks(file).stream()
                .map(block -> block.replaceAll("(?m)\\s*#.*$", "").replaceAll("\"content\": \"[^\"]*\"", ""))
                .toList();
    }
}
