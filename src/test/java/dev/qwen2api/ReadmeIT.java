package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the READMEs and {@code docs/} tell people to type works as it stands there, in the order in which it stands. */
@Timeout(900)
class ReadmeIT {

    private static final int MOST_BYTES = 9 * 1024;
    private static final Pattern ROUTE = Pattern.compile("`(GET|POST|DELETE)(?: (/[^`?]*)(?:\\?[^`]*)?)?`");

    /** Commands that need what a test does not have, and the file that runs them or what they stand for. */
    private static final Map<Pattern, String> ELSEWHERE = elsewhere();

    private static Map<Pattern, String> elsewhere() {
        var known = new LinkedHashMap<String, String>();
        known.put("\\./scripts/demo", ".ci/run");
        known.put("\\./mvnw .*", ".ci/run");
        known.put("curl -fsSL \\S+/get \\| sh.*", "scripts/get-test");
        known.put("(~/\\.local/bin/)?qwen2api", "scripts/get-test");
        known.put("qwen2api init( --force)?", "src/test/java/dev/qwen2api/FirstStartIT.java");
        known.put("scripts/(bench|fuzz|jmh)( .*)?", ".ci/long");
        known.put("docker .*|export COMPOSE_DISABLE_ENV_FILE=1", "scripts/image-test");
        known.put("sudo .*|sudoedit .*|journalctl .*", "src/test/java/dev/qwen2api/InstallIT.java");
        known.put("export (ANTHROPIC|CLAUDE)_.*|claude", "src/test/js/claude-code/task.mjs");
        known.put("OPENAI_.* qwen", "src/test/js/qwen-code/task.mjs");
        known.put("export (GOOGLE_GEMINI_BASE_URL|GEMINI_API_KEY)=.*|gemini -m \\S+", "clients/agents/agents.mjs");
        var patterns = new LinkedHashMap<Pattern, String>();
        known.forEach((command, file) -> patterns.put(Pattern.compile(command), file));
        return patterns;
    }

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    static Stream<DocumentationPage> english() {
        return DocumentationPage.bilingual().stream().map(DocumentationPage::new);
    }

    static Stream<DocumentationPage> all() {
        return english().flatMap(page -> Stream.of(page, page.inChinese()));
    }

    private static Optional<String> elsewhere(String command) {
        return ELSEWHERE.entrySet().stream()
                .filter(known -> known.getKey().matcher(command).matches())
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The commands of the Chinese pages are those of the English ones, as another test here shows. */
    static Stream<DocumentationPage> typed() {
        return Stream.concat(english(), Stream.of(new DocumentationPage("README.zh-CN.md")));
    }

    @ParameterizedTest
    @MethodSource("typed")
    void every_command_that_can_run_here_works(DocumentationPage page) throws Exception {
        try (var typed = new DocumentedCommands(folder, env(page))) {
            for (String command : page.commands()) {
                if (elsewhere(command).isEmpty()) {
                    typed.run(command);
                }
            }
        }
    }

    /** The {@code .env} that the page itself gives, or the example. */
    private static String env(DocumentationPage page) throws Exception {
        return page.blocks("env").stream()
                .filter(block -> block.contains("API_KEY="))
                .findFirst()
                .orElse(Files.readString(Path.of(".env.example")));
    }

    @Test
    void commands_that_run_elsewhere_are_in_use_and_their_files_exist() throws Exception {
        var commands = new ArrayList<String>();
        for (DocumentationPage page : DocumentationPage.everyOne()) {
            commands.addAll(page.commands());
        }
        ELSEWHERE.forEach((pattern, file) -> {
            assertTrue(Files.exists(Path.of(file)), file);
            assertTrue(commands.stream().anyMatch(pattern.asMatchPredicate()), pattern + " is in no page");
        });
    }

    @Test
    void no_page_has_a_command_that_runs_nowhere() throws Exception {
        var typed = all().toList();
        for (DocumentationPage page : DocumentationPage.everyOne()) {
            for (String language : List.of("sh", "shell", "console")) {
                assertEquals(List.of(), page.blocks(language), page + ": commands stand in blocks of bash");
            }
            if (!typed.contains(page)) {
                assertEquals(
                        List.of(),
                        page.commands().stream()
                                .filter(command -> elsewhere(command).isEmpty())
                                .toList(),
                        page.path());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_block_of_shell_is_valid(DocumentationPage page) throws Exception {
        for (String block : page.blocks("bash")) {
            Process process =
                    new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
            process.getOutputStream().write(block.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), said + block);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_block_of_JSON_is_valid(DocumentationPage page) throws Exception {
        for (String block : page.blocks("json")) {
            assertTrue(new JsonMapper().readTree(block).isObject(), block);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_link_leads_somewhere(DocumentationPage page) throws Exception {
        var broken = new ArrayList<String>();
        for (String link : page.links()) {
            if (link.startsWith("https://") || link.startsWith("http://")) {
                continue;
            }
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty()
                    ? Path.of(page.path())
                    : Path.of(page.path()).resolveSibling(parts[0]);
            boolean there = Files.exists(target.normalize());
            boolean anchored = parts.length < 2
                    || there
                            && new DocumentationPage(target.normalize().toString())
                                    .anchors()
                                    .contains(parts[1]);
            if (!there || !anchored) {
                broken.add(link);
            }
        }
        assertEquals(List.of(), broken);
    }

    @ParameterizedTest
    @MethodSource("english")
    void both_languages_show_the_same(DocumentationPage page) throws Exception {
        assertEquals(commands(page), commands(page.inChinese()), "but for comments and the words of a prompt");
        for (String language : List.of("env", "json", "yaml", "toml", "nginx", "python", "")) {
            assertEquals(page.blocks(language), page.inChinese().blocks(language));
        }
    }

    private static List<String> commands(DocumentationPage page) throws Exception {
        return page.commands().stream()
                .map(command -> command.replaceAll("\"content\": \"[^\"]*\"", ""))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_route_has_an_example(DocumentationPage page) throws Exception {
        if (!page.path().startsWith("docs/api")) {
            return;
        }
        boolean chinese = page.path().contains("zh-CN");
        var tried = new ArrayList<String>();
        for (DocumentationPage one :
                english().map(each -> chinese ? each.inChinese() : each).toList()) {
            one.commands().stream()
                    .filter(command -> command.contains("http://localhost:3000"))
                    .filter(command -> command.startsWith("curl "))
                    .map(ReadmeIT::request)
                    .forEach(tried::add);
        }
        List<String> routes = routes(page);
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
    private static List<String> routes(DocumentationPage page) throws Exception {
        var routes = new ArrayList<String>();
        for (String row : page.text().lines().toList()) {
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
    void the_READMEs_are_short_and_show_the_two_commands_for_developers_first() throws Exception {
        for (String file : List.of("README.md", "README.zh-CN.md")) {
            var page = new DocumentationPage(file);
            int bytes = page.text().getBytes(StandardCharsets.UTF_8).length;
            assertTrue(bytes <= MOST_BYTES, file + " has " + bytes + " bytes");
            assertEquals(
                    List.of("./scripts/demo", "./mvnw verify"), page.commands().subList(0, 2));
        }
    }
}
