package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Completion;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Prompt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code qwen} command of Qwen Code against the built jar: it is given a task that cannot be done without its tool
 * for writing files. Skipped, with a loud word about it, where Node or the package cannot be had.
 */
class QwenCodeIT {

    /** What the command asks for. */
    private static final int OLDEST_NODE = 20;

    private static final String KEY = "sk-qwen-code";
    private static final String TASK = "Please write a poem into poem.txt";
    private static final String POEM = "Roses are red,\n\"quotes\" are \\ escaped, 玫瑰是红的\n";
    private static final JsonMapper JSON = new JsonMapper();

    private static NodeProject node;

    private final FakeQwen fake = FakeQwen.start();
    private final String user = fake.accounts().newUser();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Path poem;

    @BeforeAll
    static void install() throws Exception {
        node = NodeProject.orSkip("qwen-code", OLDEST_NODE, "Qwen Code");
    }

    @BeforeEach
    void place() {
        poem = folder.resolve("work").resolve("poem.txt");
    }

    @AfterEach
    void close() {
        fake.close();
    }

    private String arguments() {
        return JSON.createObjectNode()
                .put("file_path", poem.toString())
                .put("content", POEM)
                .toString();
    }

    private void run(Map<String, String> further) throws Exception {
        var settings = new HashMap<>(Map.of(
                "API_KEY", KEY,
                "QWEN_CHAT_PROXY_URL", fake.baseUrl(),
                "QWEN_AUTH_PROXY_URL", fake.baseUrl(),
                "QWEN_CLI_PROXY_URL", fake.baseUrl(),
                "QWEN_COOKIES", fake.accounts().cookie(user)));
        settings.putAll(further);
        List<String> said;
        try (var jar = JarProcess.start(folder, settings)) {
            said = node.run("task.mjs", jar.baseUrl() + "/cli/v1", KEY, folder.toString(), TASK);
        }
        assertTrue(String.join("\n", said).contains("The poem is written."), () -> String.join("\n", said));
        assertEquals(POEM, Files.readString(poem));
    }

    @Test
    void the_command_writes_a_file_by_a_call_that_the_portal_made() throws Exception {
        fake.script()
                .when(prompt -> role(prompt).equals("tool"), Answer.text("The poem is written."))
                .whenAsked(TASK, Answer.text("I write it. ").call("call_1", "write_file", arguments()));

        run(Map.of());

        List<Completion> asked = fake.recorder().completions();
        JsonNode result = asked.get(asked.size() - 1).prompt().message();
        assertEquals("call_1", result.path("tool_call_id").asText());
        assertTrue(toolNames(asked.get(0).prompt()).contains("write_file"), "the command's own tools went up");
        assertTrue(fake.recorder().requests(Endpoint.COMPLETIONS).isEmpty(), "the web channel had no part in it");
    }

    @Test
    void the_command_reads_and_writes_files_by_calls_read_out_of_the_web_channels_text() throws Exception {
        fake.faults().add(CliFaults.oauth(Endpoint.DEVICE_CODE, "access_denied"));
        Path notes = Files.writeString(folder.resolve("notes.txt"), "It shall be about the heron of Kyoto.");
        String read = call(
                "read_file",
                JSON.createObjectNode().put("file_path", notes.toString()).toString());
        String write = call("write_file", arguments());
        fake.script()
                .when(
                        prompt -> seen(prompt).contains(TASK),
                        prompt -> Files.exists(poem)
                                ? Answer.text("The poem is written.")
                                : Answer.text(seen(prompt).contains("heron of Kyoto") ? write : read));

        run(Map.of("CLI_FALLBACK", "web"));

        assertTrue(
                fake.recorder().completions().stream()
                        .map(completion -> completion.prompt().text())
                        .anyMatch(QwenCodeIT::offersItsTools),
                "the command's own tools stood in the message");
        assertTrue(fake.recorder().requests(Endpoint.PORTAL).isEmpty(), "the portal had no part in it");
    }

    /** A tool stands in a message with its schema, or with its signature where that is too long. */
    private static boolean offersItsTools(String text) {
        return text.contains("\"name\":\"write_file\"") || text.contains("\nwrite_file(");
    }

    /** The earlier turns of the chat and the message. */
    private String seen(Prompt prompt) {
        return String.join("\n", fake.chats().seen(prompt));
    }

    private static String call(String name, String arguments) {
        return "I do it.\n<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

    private static String role(Prompt prompt) {
        return prompt.message().path("role").asText();
    }

    private static List<String> toolNames(Prompt prompt) {
        return StreamSupport.stream(prompt.body().path("tools").spliterator(), false)
                .map(tool -> tool.at("/function/name").asText())
                .toList();
    }
}
