package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.qwen2api.clients.WireLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an agent's run costs at the service, and what each of its messages holds. */
@Timeout(180)
class AgentTrafficTest {

    private static final String RESULT = "line of a file that was read, with \"quotes\" and \\ in it\n".repeat(110);
    private static final int TURNS = 20;

    @TempDir
    Path folder;

    private WireCheck run(AgentRun.Dialect dialect, Map<String, String> settings) throws Exception {
        try (World world = new World(folder, 2, settings)) {
            var run = new AgentRun(world, dialect);
            assertTrue(run.toolBytes() > 60_000, run.toolBytes() + " bytes of tools");
            for (int turn = 0; turn < TURNS; turn++) {
                World.Reply reply = run.turn(RESULT);
                assertEquals(200, reply.status, reply.toString());
                assertEquals("", reply.header("X-Qwen2API-Shortened"));
            }
            // chats that wait are deleted
            world.gateway.close();
            WireCheck wire = WireCheck.of(WireLog.lines(world.fake));
            System.out.println(dialect + " " + settings + ": " + wire.calls() + ", " + wire.longest() + " bytes");
            assertEquals(List.of(), wire.faults());
            assertEquals(List.of(), wire.lacking(AgentRun.TOOLS));
            assertEquals(TURNS, wire.requests());
            return wire;
        }
    }

    /** 1 chat, 20 answers, 1 deletion. */
    @ParameterizedTest
    @EnumSource(AgentRun.Dialect.class)
    void in_one_chat_a_turn_takes_little_more_than_one_request(AgentRun.Dialect dialect) throws Exception {
        WireCheck wire = run(dialect, Map.of());
        assertTrue(wire.allCalls() <= 1.2 * TURNS, wire.calls().toString());
        assertEquals(1, wire.calls().get("CHATS_NEW"), wire.calls().toString());
        assertEquals(0, wire.uploads(), "documents");
    }

    /** A chat, an answer and a deletion each, and four documents at most for each account, five calls each. */
    @ParameterizedTest
    @EnumSource(AgentRun.Dialect.class)
    void without_reuse_a_turn_takes_three_requests_and_few_documents(AgentRun.Dialect dialect) throws Exception {
        WireCheck wire = run(dialect, Map.of("CHAT_REUSE", "off"));
        assertTrue(wire.allCalls() <= 5 * TURNS, wire.calls().toString());
        assertTrue(wire.uploads() > 0 && wire.uploads() <= 8, wire.calls().toString());
    }

    /** The logs that {@code scripts/agents} leaves behind; {@code -Dagents.runs} names another folder. */
    @TestFactory
    Stream<DynamicTest> the_runs_of_real_agents_keep_the_same_rules() throws IOException {
        Path runs = Path.of(System.getProperty("agents.runs", "target/clients/runs"));
        List<Path> logs = logs(runs);
        assumeTrue(!logs.isEmpty(), "no wire.jsonl in " + runs.toAbsolutePath() + ": scripts/agents writes them");
        return logs.stream()
                .map(log -> DynamicTest.dynamicTest(runs.relativize(log).toString(), () -> {
                    WireCheck wire = WireCheck.read(log);
                    System.out.println(runs.relativize(log) + ": " + wire.requests() + " requests for answers, "
                            + wire.calls() + ", " + wire.longest() + " bytes");
                    assertEquals(List.of(), wire.faults());
                    assertTrue(wire.requests() > 0, "no message with tools");
                }));
    }

    private static List<Path> logs(Path runs) throws IOException {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(runs)) {
            return files.map(run -> run.resolve("wire.jsonl"))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
    }
}
