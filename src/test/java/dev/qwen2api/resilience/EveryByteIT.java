package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.WireFaults;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The upstream's reply, cut and split at every byte. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class EveryByteIT {

    private static final String TEXT = "Wörter, 你好 und 🐋.";
    private static final Answer ANSWER = Answer.empty()
            .thinking(Answer.thoughts("Erst", "schauen"))
            .chunks("Wörter, ", "你好 ", "und ", "🐋.")
            .usage(5, 7);

    private JarUnderTest jarUnderTest;

    @BeforeAll
    void begin(@TempDir Path folder) throws Exception {
        jarUnderTest = new JarUnderTest(folder, 1, Map.of());
        jarUnderTest.fake.script().otherwise(ANSWER);
    }

    @AfterAll
    void end() {
        jarUnderTest.close();
    }

    @Test
    void a_reset_at_any_byte_is_an_error_or_comes_after_the_whole_answer() throws Exception {
        cutEverywhere(WireFaults::resetAtByte);
    }

    @Test
    void an_end_at_any_byte_is_an_error_or_comes_after_the_whole_answer() throws Exception {
        cutEverywhere(WireFaults::endAtByte);
    }

    private void cutEverywhere(LongFunction<Fault> cut) throws Exception {
        int whole = 0;
        int step = Scale.of(41, 1);
        int offset = 0;
        // The last bytes of the reply come after the answer's end: the answer is complete without them.
        while (whole < 20 / step + 2 && offset < 100_000) {
            jarUnderTest.heal();
            jarUnderTest.fake.faults().add(cut.apply(offset));
            boolean streamed = judge(jarUnderTest.chat("cut", true), offset);
            boolean gathered = judge(jarUnderTest.chat("cut", false), offset);
            assertEquals(streamed, gathered, "both forms of an answer fare alike at byte " + offset);
            whole += streamed ? 1 : 0;
            offset += step;
        }
        assertTrue(offset > 1000 && offset < 100_000, "the reply was cut up to byte " + offset);
        jarUnderTest.heal();
    }

    /**
     * Whether the answer was whole. If it was not, it must say so, exactly once, and tell nothing that was not said.
     */
    private static boolean judge(World.Reply reply, int offset) {
        String at = "cut at byte " + offset + ": " + reply;
        if (reply.status != 200) {
            assertEquals(502, reply.status, at);
            assertEquals("upstream_error", reply.errorCode(), at);
            return false;
        }
        assertTrue(TEXT.startsWith(reply.text()), at);
        long errors =
                reply.events().stream().filter(event -> event.has("error")).count();
        boolean streamed = reply.header("Content-Type").startsWith("text/event-stream");
        boolean whole = errors == 0;
        assertTrue(errors <= 1, at);
        if (streamed) {
            assertEquals(whole, reply.isDone(), at);
        }
        if (whole) {
            assertEquals(TEXT, reply.text(), at);
        }
        return whole;
    }

    @Test
    void a_reply_split_at_any_byte_says_the_same() throws Exception {
        for (int offset = 1; offset < 2500; offset += Scale.of(53, 1)) {
            assertSame(WireFaults.splitAt(offset), offset);
        }
        jarUnderTest.heal();
    }

    @Test
    void a_reply_of_single_bytes_says_the_same() throws Exception {
        assertSame(WireFaults.oneByteAtATime(), 1);
        jarUnderTest.heal();
    }

    private void assertSame(Fault split, int offset) throws Exception {
        jarUnderTest.fake.faults().clear();
        jarUnderTest.fake.faults().add(split);
        World.Reply reply = jarUnderTest.chat("split", true);
        assertEquals(TEXT, reply.text(), "split at byte " + offset);
        assertTrue(reply.isDone());
        assertFalse(reply.body.contains("\uFFFD"), "split at byte " + offset);
    }
}
