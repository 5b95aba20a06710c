package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.ChatReader.Seen;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the users of chat clients see of streamed chats, each client by its own rules. */
@Timeout(120)
class ChatReaderTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String LOOK =
            "<tool_call>\n{\"name\": \"look\", \"arguments\": {\"at\": \"%s\"}}\n</tool_call>";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String stream(World world, String fields) throws Exception {
        World.Reply reply = world.raw(
                "/v1/chat/completions",
                "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":"
                        + "[{\"role\":\"user\",\"content\":\"go\"}]," + fields + "}");
        assertEquals(200, reply.status, reply.toString());
        return reply.body;
    }

    @Test
    void every_client_sees_all_words_and_thoughts_between_heartbeats() throws Exception {
        try (World world = new World(folder, 1, Map.of("HEARTBEAT_SECONDS", "1"))) {
            world.fake
                    .script()
                    .otherwise(Answer.empty()
                            .think("First ", "thought.")
                            .chunks("one ", "two ", "three")
                            .usage(10, 20)
                            .delay(Duration.ofMillis(1500))
                            .delayPerChunk(Duration.ofMillis(1500)));
            String body = stream(world, "\"model\":\"qwen3.7-max-thinking\"");
            assertTrue(body.split("\"delta\":\\{}").length > 3, body);
            for (ChatReader client : ChatReader.values()) {
                Seen seen = client.read(body);
                assertEquals("one two three", seen.text.toString(), client + " in " + body);
                assertEquals("First thought.", seen.thinking.toString(), client + " in " + body);
                if (client != ChatReader.NEXTCHAT) {
                    assertEquals(30, seen.tokens, client + " in " + body);
                }
            }
        }
    }

    @Test
    void every_client_tells_thinking_in_tags_from_the_answer() throws Exception {
        try (World world = new World(folder, 1, Map.of("THINK_FORMAT", "tags"))) {
            world.fake.script().otherwise(Answer.text("The answer is two.").think("First ", "thought."));
            String body = stream(world, "\"model\":\"qwen3.7-max-thinking\"");
            for (ChatReader client : ChatReader.values()) {
                Seen seen = client.read(body);
                assertEquals("The answer is two.", seen.text.toString().strip(), client + " in " + body);
                assertEquals("First thought.", seen.thinking.toString().strip(), client + " in " + body);
            }
        }
    }

    @Test
    void every_client_sees_each_call_with_its_own_arguments() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .otherwise(Answer.text("I look. " + LOOK.formatted("here") + "\n" + LOOK.formatted("there")));
            String body = stream(
                    world,
                    "\"model\":\"qwen-max\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\","
                            + "\"parameters\":{\"type\":\"object\"}}}]");
            for (ChatReader client : ChatReader.values()) {
                Seen seen = client.read(body);
                assertEquals("I look.", seen.text.toString().strip(), client + " in " + body);
                assertEquals(List.of("look", "look"), seen.names, client + " in " + body);
                assertEquals(
                        JSON.readTree("{\"at\":\"here\"}"),
                        JSON.readTree(seen.arguments.get(0).toString()));
                assertEquals(
                        JSON.readTree("{\"at\":\"there\"}"),
                        JSON.readTree(seen.arguments.get(1).toString()));
            }
        }
    }

    @Test
    void clients_that_show_sources_find_them_beside_thinking_and_none_can_inject_anything() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .otherwise(Answer.text("So it is [[1]] and [[2]].")
                            .search(
                                    "so",
                                    new Answer.Doc("https://a.example/1", "<script>x</script>\nA", "words"),
                                    new Answer.Doc("https://b.example/2", "B](https://evil.example)", "words"))
                            .think("Hm"));
            String body = stream(world, "\"model\":\"qwen3.7-plus-thinking-search\"");
            for (ChatReader client : ChatReader.values()) {
                Seen seen = client.read(body);
                assertTrue(seen.text.toString().startsWith("So it is [[1]] and [[2]]."), client + " in " + body);
                assertTrue(seen.thinking.toString().contains("&lt;script&gt;"), client + " in " + body);
                assertTrue(!seen.thinking.toString().contains("<script>"), client + " in " + body);
            }
            for (ChatReader client : List.of(ChatReader.LOBECHAT, ChatReader.OPEN_WEBUI, ChatReader.CHERRY_STUDIO)) {
                List<String> sources = client.read(body).sources;
                assertEquals(2, sources.size(), client + " in " + body);
                assertTrue(sources.get(0).endsWith(" https://a.example/1"), sources.toString());
                assertTrue(sources.stream().noneMatch(source -> source.contains("\n")), sources.toString());
            }
        }
    }

    /** NextChat passes over a chunk without choices, and shows what came before. */
    @Test
    void every_client_keeps_the_words_before_an_error_and_all_but_one_show_the_error() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("one two three four"));
            world.fake.faults().add(StreamFaults.resetAfterText(2));
            String body = stream(world, "\"model\":\"qwen-max\"");
            for (ChatReader client : ChatReader.values()) {
                Seen seen = client.read(body);
                assertEquals("one two", seen.text.toString().strip(), client + " in " + body);
                assertEquals(client != ChatReader.NEXTCHAT, seen.failed, client + " in " + body);
            }
        }
    }
}
