package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
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
    private static final Pattern ID = Pattern.compile("\\b(resp|video)_[a-z0-9]+");
    private static final Pattern ROUTE = Pattern.compile("`(GET|POST|DELETE)(?: (/[^`?]*)(?:\\?[^`]*)?)?`");
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

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
        Files.write(folder.resolve("photo.png"), Base64.getDecoder().decode(PIXEL));
        try (FakeQwen fake = FakeQwen.start()) {
            fake.script().whenAsked("lighthouse", Answer.image("https://cdn.qwenlm.ai/output/0/t2i/a.png?key=k"));
            fake.script().whenAsked("Waves", Answer.video(fake.baseUrl() + "/output/0/t2v/x.mp4?key=k"));
            Map<String, String> settings = Map.of(
                    "API_KEY", KEY,
                    "ALLOW_PRIVATE_URLS", "true",
                    "QWEN_CHAT_PROXY_URL", fake.baseUrl(),
                    "QWEN_AUTH_PROXY_URL", fake.baseUrl(),
                    "QWEN_CLI_PROXY_URL", fake.baseUrl(),
                    "QWEN_COOKIES", fake.accounts().cookie(fake.accounts().newUser()));
            try (var jar = JarProcess.start(folder, settings)) {
                var bad = new ArrayList<String>();
                var ids = new HashMap<String, String>();
                for (String curl : curls(file)) {
                    String status = run(withIds(curl, ids).replace("http://localhost:3000", jar.baseUrl()));
                    // Nothing has changed in the file, which a reload by hand says with a status of its own.
                    boolean fine = status.equals("200") || curl.contains("/api/reloadConfig") && status.startsWith("4");
                    if (!fine) {
                        bad.add(status + " of " + curl);
                    }
                    ID.matcher(Files.readString(folder.resolve("answer"), StandardCharsets.ISO_8859_1))
                            .results()
                            .forEach(id -> ids.put(id.group(1), id.group()));
                }
                assertEquals(List.of(), bad);
            }
        }
        assertTrue(curls(file).size() >= 10, "they are few");
    }

    private static String withIds(String curl, Map<String, String> ids) {
        return ID.matcher(curl).replaceAll(id -> ids.getOrDefault(id.group(1), id.group()));
    }

    /** The status of the answer. A video is asked for until it is there. */
    private String run(String curl) throws Exception {
        String status = "";
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (status.isEmpty() || status.equals("404") && curl.contains("/content") && System.nanoTime() < end) {
            Process process = new ProcessBuilder(
                            "bash", "-c", curl.replaceFirst("^curl ", "curl -sS -o answer -w '%{http_code}' "))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            status = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), curl);
        }
        return status;
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md"})
    void every_route_has_an_example(String file) throws Exception {
        List<String> tried = curls(file).stream().map(ReadmeIT::request).toList();
        List<String> routes = routes(file);
        assertTrue(routes.size() > 30, routes.toString());
        assertEquals(
                List.of(),
                routes.stream()
                        .filter(route -> tried.stream().noneMatch(request -> request.matches(route)))
                        .toList());
    }

    /** Such as {@code DELETE /v1/videos/video_abc}. */
    private static String request(String curl) {
        Matcher path = Pattern.compile("http://localhost:3000([^ ?\"\\s]*)").matcher(curl);
        assertTrue(path.find(), curl);
        Matcher method = Pattern.compile("-X ([A-Z]+)").matcher(curl);
        String implied = Pattern.compile(" -[dF] ").matcher(curl).find() ? "POST" : "GET";
        return (method.find() ? method.group(1) : implied) + " " + path.group(1);
    }

    /** The first column of the table of routes; a method that stands alone goes with the path that follows. */
    private static List<String> routes(String file) throws Exception {
        var routes = new ArrayList<String>();
        for (String row : Files.readAllLines(Path.of(file))) {
            var methods = new ArrayList<String>();
            Matcher cell = ROUTE.matcher(row.matches("\\| `(GET|POST|DELETE)[ `].*") ? row.split(" \\| ")[0] : "");
            while (cell.find()) {
                methods.add(cell.group(1));
                if (cell.group(2) != null) {
                    String path = cell.group(2).replaceAll("\\{[a-z]+}", "[^/]+");
                    methods.forEach(method -> routes.add(method + " " + path));
                    methods.clear();
                }
            }
        }
        return routes;
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
