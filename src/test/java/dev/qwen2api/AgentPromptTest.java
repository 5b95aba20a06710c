package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Request;
import dev.qwen2api.fakeqwen.StoredFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What reaches the model of an agent's long conversation. */
@Timeout(120)
class AgentPromptTest {

    private static final String RESULT = "line of a file that was read, with \"quotes\" and \\ in it\n".repeat(110);

    /** The whole conversation is sent in every turn. */
    private static final Map<String, String> EVERY_TIME = Map.of("CHAT_REUSE", "off");

    @TempDir
    Path folder;

    private static void assertComplete(String message) {
        assertTrue(message.contains("[tool_call]") && message.contains("Rules:"), "the rules for calls");
        for (String tool : AgentRun.TOOLS) {
            assertTrue(message.contains(tool + "(command: string, timeout?: number)"), tool);
        }
        assertTrue(message.contains(AgentRun.TASK), "the user's last words");
    }

    @Test
    void over_twenty_turns_the_model_sees_its_tools_and_no_document_goes_up_twice() throws Exception {
        try (World world = new World(folder, 1, EVERY_TIME)) {
            var run = new AgentRun(world);
            assertTrue(run.toolBytes() > 60_000, run.toolBytes() + " bytes of tools");
            for (int turn = 0; turn < 20; turn++) {
                World.Reply reply = run.turn(RESULT);
                assertEquals(200, reply.status, reply.toString());
                assertEquals("", reply.header("X-Qwen2API-Shortened"));
                if (turn > 1) {
                    assertComplete(run.inline());
                }
            }
            for (Request completion : world.fake.recorder().requests(Endpoint.COMPLETIONS)) {
                assertTrue(completion.body().length <= 92_160, completion.body().length + " bytes");
            }
            var contents = new ArrayList<String>();
            for (StoredFile file : world.fake.uploads().files()) {
                assertEquals(StoredFile.Parse.SUCCESS, file.parse());
                contents.add(new String(file.bytes(), StandardCharsets.UTF_8));
            }
            assertEquals(contents.size(), new HashSet<>(contents).size(), "documents that went up twice");
            assertTrue(contents.size() <= 7, contents.size() + " documents");
        }
    }

    @Test
    void without_its_documents_the_message_goes_out_shortened_and_everybody_knows() throws Exception {
        try (World world = new World(folder, 1, EVERY_TIME)) {
            world.fake.faults().add(Refusals.internalError().on(Endpoint.PARSE));
            var run = new AgentRun(world);
            World.Reply reply = run.turn(RESULT);
            for (int turn = 0; turn < 12; turn++) {
                reply = run.turn(RESULT);
                assertEquals(200, reply.status, reply.toString());
            }
            assertComplete(run.inline());
            assertTrue(run.inline().contains("Left out, because it is too long: "), run.inline());
            assertFalse(run.inline().contains("conversation.txt"), "nothing refers to a file that is not there");
            String shortened = reply.header("X-Qwen2API-Shortened");
            assertTrue(shortened.matches("full tool definitions, \\d+ messages"), shortened);
            assertTrue(world.gateway.statuses().get(0).healthy(), "chat goes on");
            assertEquals(
                    3,
                    world.fake.recorder().requests(Endpoint.PARSE).size(),
                    "then the uploads of the account cool down");
        }
    }

    @Test
    void last_words_that_do_not_fit_are_too_long() throws Exception {
        try (World world = new World(folder, 1, EVERY_TIME)) {
            for (String before : List.of("", "{\"role\":\"system\",\"content\":\"Be brief.\"},")) {
                World.Reply reply = world.post(
                        "/v1/chat/completions",
                        "{\"model\":\"qwen-max\",\"messages\":[" + before + "{\"role\":\"user\",\"content\":\""
                                + "word ".repeat(20_000) + "\"}]}");
                assertEquals(400, reply.status, reply.toString());
                assertEquals("context_length_exceeded", reply.errorCode());
            }
            assertEquals(0, world.gateway.statuses().get(0).failureCount());
        }
    }

    @Test
    void the_limit_is_the_owners_to_set_and_counts_bytes() throws Exception {
        try (World world = new World(folder, 1, Map.of("PROMPT_MAX_BYTES", "20000"))) {
            String body = "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";
            assertEquals(200, world.post("/v1/chat/completions", body.formatted("好".repeat(6_000))).status);
            assertEquals(400, world.post("/v1/chat/completions", body.formatted("好".repeat(6_700))).status);
        }
    }

    @Test
    void a_result_that_is_longer_than_a_message_is_shown_from_its_beginning() throws Exception {
        try (World world = new World(folder, 1, EVERY_TIME)) {
            var run = new AgentRun(world);
            run.turn("FIRST-LINE\n" + "long result ".repeat(20_000));
            World.Reply reply = run.turn("ok");
            assertEquals(200, reply.status, reply.toString());
            assertComplete(run.inline());
            assertTrue(run.inline().contains("FIRST-LINE\n"), "the beginning of the result");
            assertTrue(run.inline().contains("[the rest of this is in the attached file conversation.txt]"));
        }
    }
}
