package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Prompt;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Agents and their kits against the built jar: OpenAI's client and the AI SDK by {@code src/test/js/agents/checks.mjs},
 * and Codex, which does a task on the disk. Skipped, with a loud word about it, where Node or the packages cannot be
 * had.
 */
class AgentsIT {

    private static final int OLDEST_NODE = 20;
    private static final String KEY = "sk-agents";
    private static final String SECRET = "forty-two";
    private static final String TASK = "Copy the word in a.txt to b.txt";
    private static final FakeQwen FAKE = FakeQwen.start();
    private static final Pattern RESULT = Pattern.compile("\\[tool_result call=");

    private static List<String> said = List.of();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static NodeProject node;

    @SuppressWarnings("NullAway.Init")
    private static JarProcess jar;

    @BeforeAll
    static void run() throws Exception {
        node = node();
        script();
        jar = JarProcess.start(folder, settings());
        said = node.run("checks.mjs", jar.baseUrl(), KEY);
    }

    @AfterAll
    static void close() {
        if (jar != null) {
            jar.close();
        }
        FAKE.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a response comes in one piece",
                "a response comes as a stream",
                "thinking is a summary beside the words",
                "a function is called and its result is answered",
                "a response is gone on from",
                "a stream that breaks off is a failed response",
                "the AI SDK streams a chat and runs its tool",
                "the AI SDK streams a response and runs its tool",
            })
    void the_kits_find_that(String check) {
        assertTrue(said.contains("ok " + check), () -> String.join("\n", said));
    }

    @Test
    void every_check_of_the_script_is_asserted_here() throws Exception {
        String names = AgentsIT.class
                .getDeclaredMethod("the_kits_find_that", String.class)
                .getAnnotation(ValueSource.class)
                .toString();
        assertEquals(
                List.of(),
                said.stream()
                        .filter(line -> line.startsWith("ok ") || line.startsWith("not ok "))
                        .filter(line -> !names.contains(
                                line.replaceFirst("^(not )?ok ", "").replaceFirst(":.*", "")))
                        .toList());
        assertEquals("done", said.get(said.size() - 1));
    }

    @Test
    void codex_reads_a_file_and_writes_another() throws Exception {
        var results = new ArrayList<String>();
        FAKE.script()
                .when(
                        prompt -> seen(prompt).contains(TASK)
                                && seen(prompt).contains("exec_command")
                                && !seen(prompt).contains("isolate"),
                        prompt -> step(prompt, results, AgentsIT::command));
        assertCopied("qwen-max", results);
    }

    /** For OpenAI's own models Codex offers one custom tool in a name space within the input, which runs scripts. */
    @Test
    void codex_runs_scripts_where_it_takes_the_model_for_one_of_openais() throws Exception {
        var results = new ArrayList<String>();
        FAKE.script()
                .when(
                        prompt -> seen(prompt).contains(TASK) && seen(prompt).contains("isolate"),
                        prompt -> step(prompt, results, AgentsIT::scripted));
        assertCopied("gpt-6.1-sol", results);
    }

    private static void assertCopied(String model, List<String> results) throws Exception {
        Path work = Files.createDirectories(folder.resolve("work-" + model));
        Files.writeString(work.resolve("a.txt"), SECRET + "\n");
        List<String> lines = node.run(
                "codex.mjs",
                jar.baseUrl(),
                KEY,
                folder.resolve("home-" + model).toString(),
                work.toString(),
                model,
                TASK);
        String log = String.join("\n", lines);
        assertEquals(2, results.size(), log);
        assertEquals(SECRET, Files.readString(work.resolve("b.txt")).strip(), log);
        assertTrue(log.contains("The word is copied."), log);
    }

    /** How a call of a shell command is written. */
    private interface Form {
        String call(String command);
    }

    /** A model that reads, then writes what it read, then says so. */
    private static Answer step(Prompt prompt, List<String> results, Form form) {
        String seen = seen(prompt);
        long read = RESULT.matcher(seen).results().count();
        if (read == 0) {
            return Answer.text("I read it.\n" + form.call("cat a.txt"));
        }
        results.add(seen);
        String word = seen.contains(SECRET) ? SECRET : "unread";
        return Answer.text(read == 1 ? form.call("echo " + word + " > b.txt") : "The word is copied.");
    }

    /** The earlier turns of the chat and the message. */
    private static String seen(Prompt prompt) {
        return String.join("\n", FAKE.chats().seen(prompt));
    }

    private static String command(String command) {
        return "[tool_call]\n{\"name\": \"exec_command\", \"arguments\": {\"cmd\": \"" + command
                + "\", \"yield_time_ms\": 30000}}\n[/tool_call]";
    }

    private static String scripted(String command) {
        return "[tool_call]\n{\"name\": \"exec\", \"arguments\": {\"input\": \"text(await tools.exec_command({ cmd: '"
                + command + "', yield_time_ms: 30000 }))\"}}\n[/tool_call]";
    }

    private static NodeProject node() throws IOException, InterruptedException {
        return NodeProject.orSkip("agents", OLDEST_NODE, "Codex, the AI SDK and OpenAI's responses");
    }

    private static Map<String, String> settings() {
        return Map.of(
                "API_KEY", KEY,
                "MODEL_MAP", "gpt-6.1-sol=qwen-max",
                "QWEN_CHAT_PROXY_URL", FAKE.baseUrl(),
                "QWEN_AUTH_PROXY_URL", FAKE.baseUrl(),
                "QWEN_COOKIES", FAKE.accounts().cookie(FAKE.accounts().newUser()));
    }

    private static void script() {
        Answer counted = Answer.text("one two three").usage(100, 30);
        FAKE.script()
                .whenAsked("Please count", counted)
                .whenAsked("Please break off", counted)
                .whenAsked(
                        "Please think",
                        Answer.text("thought through").thinking(Answer.thoughts("Weighing", "I weigh it.")))
                .whenAsked("sunny in Paris", Answer.text("Take no umbrella."))
                .whenAsked(
                        "Please look out of the window",
                        Answer.text(
                                "[tool_call]\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n[/tool_call]"))
                .when(
                        prompt -> seen(prompt).contains("My name is Ada")
                                && seen(prompt).contains("Noted.")
                                && prompt.text().contains("What is my name?"),
                        Answer.text("You are Ada."))
                .whenAsked("My name is Ada", Answer.text("Noted."));
        FAKE.faults()
                .add(StreamFaults.resetAfterText(2)
                        .when(request -> request.text().contains("Please break off")));
    }
}
