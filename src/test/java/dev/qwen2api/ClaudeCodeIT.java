package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Prompt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Claude Code itself, which takes the gateway for Anthropic: it reads a file and writes another, because the stand-in
 * plays a model that asks it to. Skipped, with a loud word about it, where Node or the package cannot be had.
 */
class ClaudeCodeIT {

    private static final int OLDEST_NODE = 20;
    private static final String KEY = "sk-claude-code";
    private static final String TASK = "Read notes.txt and write the secret word in it into answer.txt.";
    /** Stands in the file alone: a model that knows it has been told the file's content. */
    private static final String SECRET = "heron-7351";

    private final FakeQwen fake = FakeQwen.start();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void it_reads_and_writes_files_by_calls_that_the_model_wrote_as_text() throws Exception {
        NodeProject node = NodeProject.orSkip("claude-code", OLDEST_NODE, "Claude Code");
        Path work = Files.createDirectories(folder.resolve("work"));
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(work.resolve("notes.txt"), "The secret word is " + SECRET + ".\n");
        var seen = new CopyOnWriteArrayList<String>();
        fake.script().when(prompt -> isTask(seen(prompt)), prompt -> {
            seen.add(seen(prompt));
            return nextStep(seen(prompt), work);
        });

        List<String> said;
        try (var jar = JarProcess.start(Files.createDirectories(folder.resolve("gateway")), settings())) {
            said = node.run("task.mjs", jar.baseUrl(), KEY, folder.toString(), TASK);
            assertEquals(0, jar.stop(), () -> String.join("\n", jar.log()));
            assertEquals(List.of(), refused(jar.log()));
        }

        JsonNode result = new JsonMapper().readTree(said.get(said.size() - 1));
        assertEquals("Done, the word is written.", result.path("result").asText(), said::toString);
        assertEquals(3, result.path("num_turns").asInt(), said::toString);
        assertEquals(SECRET + "\n", Files.readString(work.resolve("answer.txt")));
        assertEquals(3, seen.size());
    }

    /** Whatever it asks for besides, nothing is refused. */
    private static List<String> refused(List<String> log) {
        List<String> requests =
                log.stream().filter(line -> line.contains("[HTTP]")).toList();
        assertTrue(requests.stream().anyMatch(line -> line.contains("POST /v1/messages 200")), requests::toString);
        return requests.stream().filter(line -> !line.contains(" 200 ")).toList();
    }

    /** The earlier turns of the chat and the message. */
    private String seen(Prompt prompt) {
        return String.join("\n", fake.chats().seen(prompt));
    }

    /** The tool stands in a message with its schema, or with its signature where that is too long. */
    private static boolean isTask(String seen) {
        return seen.contains(TASK) && (seen.contains("\"name\":\"Write\"") || seen.contains("\nWrite("));
    }

    /**
     * What the model does next follows from what it has been told so far, so a request that is sent twice does no harm.
     */
    private static Answer nextStep(String seen, Path work) {
        if (!seen.contains(SECRET)) {
            return call("I look into it.", "Read", "{\"file_path\": \"" + work.resolve("notes.txt") + "\"}");
        }
        if (!seen.contains(work.resolve("answer.txt").toString())) {
            assertTrue(seen.contains("[tool_result call="), seen);
            return call(
                    "Now I write it.",
                    "Write",
                    "{\"file_path\": \"" + work.resolve("answer.txt") + "\", \"content\": \"" + SECRET + "\\n\"}");
        }
        return Answer.text("Done, the word is written.");
    }

    private static Answer call(String words, String tool, String arguments) {
        return Answer.text(
                words + "\n[tool_call]\n{\"name\": \"" + tool + "\", \"arguments\": " + arguments + "}\n[/tool_call]");
    }

    private Map<String, String> settings() {
        return Map.of(
                "API_KEY", KEY,
                "MODEL_MAP", "claude-*=qwen-max",
                "QWEN_CHAT_PROXY_URL", fake.baseUrl(),
                "QWEN_AUTH_PROXY_URL", fake.baseUrl(),
                "QWEN_COOKIES", fake.accounts().cookie(fake.accounts().newUser()));
    }
}
