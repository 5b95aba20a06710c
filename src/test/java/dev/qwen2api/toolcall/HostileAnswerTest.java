package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished.Reason;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts looks and allocated bytes for hostile answers of growing size: neither may grow faster than the answer. */
class HostileAnswerTest {

    private static final int SMALL = 32 * 1024;
    private static final int LARGE = 16 * SMALL;

    /** How much faster than the answer the cost may grow, for buffers that double and the like. */
    private static final double TOLERANCE = 2.0;

    private static final int MOST_BYTES = 1000;
    private static final int MOST_LOOKS = 160;

    /** The beginning of a call, up to the value of an argument. */
    private static final String WITHIN = "[tool_call]\n{\"name\":\"now\",\"arguments\":{\"a\":";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Each kind of input: a beginning that comes once, and what is repeated up to the size. */
    private static final Map<String, String[]> SHAPES = new TreeMap<>(Map.ofEntries(
            shape("nested lists of calls", "", "{\"tool_calls\":[{\"function\":"),
            shape("nested lists of calls between marks", "[tool_call]\n", "{\"tool_calls\":[{\"function\":"),
            shape("nested lists of calls in a fence", "```json\n", "{\"tool_calls\":[{\"function\":"),
            shape("nested calls", "[tool_call]\n", "{\"name\":\"now\",\"arguments\":"),
            shape("nested wrappers", "[tool_call]\n", "{\"function_call\":"),
            shape("calls on lines", "", "{\"name\":\"now\",\"arguments\":{}}\n"),
            shape("names on lines", "", "{\"name\":\"now\"}\n"),
            shape("calls in a list", "[", "{\"name\":\"now\",\"arguments\":{}},"),
            shape("calls in a list between marks", "[tool_call][", "{\"name\":\"now\",\"arguments\":{}},"),
            shape("calls between marks", "", "[tool_call]{\"name\":\"now\",\"arguments\":{}}[/tool_call]\n"),
            shape("functions", "", "<function=configure>"),
            shape("whole functions", "", "<function=configure>\n</function>\n"),
            shape("parameters", "<function=configure>", "<parameter=options>{\"a\":</parameter>\n"),
            shape("parameters of text", "<function=write_file>\n", "<parameter=content>"),
            shape("functions that were not offered", "", "<function=fly>\n</function>\n"),
            shape("members", "[tool_call]{", "\"name\":\"x\","),
            shape("a name that never ends", "[tool_call]{\"name\":\"", "now"),
            shape("arguments in strings", "[tool_call]{\"name\":\"now\",\"arguments\":\"", "{\\\"a\\\": "),
            shape("quotes", "[tool_call]{\"name\":\"now\",\"arguments\":{\"a\":\"", "\"b\" "),
            shape("backslashes", "[tool_call]{\"name\":\"now\",\"arguments\":{\"a\":\"C:", "\\Users"),
            shape("open fences", "", "```sh\n[tool_call]\n```\n"),
            shape("a fence that never closes", "```sh\n", "[tool_call]\n"),
            shape(
                    "calls in a fence that never closes",
                    "```sh\n",
                    "[tool_call]\n{\"name\":\"now\",\"arguments\":{}}\n"),
            shape("xml fences", "", "```xml\n<tool_call>\n```\nwords\n"),
            shape("xml in an xml fence", "```xml\n", "<a>\n"),
            shape("wrappers", "", "<tool_calls>"),
            shape("empty wrappers", "", "<tool_call></tool_call>"),
            shape("closing marks", "x", "</tool_call>\n"),
            shape("marks of turns", "", "=== 0123456789ab usex\n"),
            shape("long lines of turns", "", "=== 0123456789"),
            shape("denials", "Tool ", "x"),
            shape("labels", "", "Action: now\nAction Input: {"),
            shape("blanks", "[tool_call]", " "),
            shape("results", "", "[tool_result"),
            shape("a mark's word that never ends", "[tool", "-"),
            shape("a mark's word that never ends in a string", WITHIN + "\"[tool", " "),
            shape("a mark's word that never ends in a text", "<function=write_file>\n<parameter=content><tool", "_"),
            shape("marks with long words", "", "[tool" + "-".repeat(60) + "x"),
            shape("marks with long tails", "", "<tool_call" + " ".repeat(120) + "x"),
            shape("open fences with words behind a mark", "", "```py\n<tool_call>x\n"),
            shape("open fences of tildes", "", "~~~py\n<tool_call>x\n"),
            shape("open xml fences", "", "```xml\n<tool_call>x\n"),
            shape("open fences of both kinds", "", "```py\n<tool_call>x\n~~~\n~~~py\n[tool_call]x\n"),
            shape("empty marks and blanks", "x <tools></tools>", " "),
            shape("empty marks in words", "x", "<tools></tools> "),
            shape("a value without quotes", WITHIN, "a"),
            shape("a number", WITHIN, "1"),
            shape("brackets", "[tool_call]\n{\"name\":\"configure\",\"arguments\":{\"any\":", "[")));

    private static Map.Entry<String, String[]> shape(String name, String beginning, String piece) {
        return Map.entry(name, new String[] {beginning, piece});
    }

    static Stream<String> shapes() {
        return SHAPES.keySet().stream();
    }

    private static String text(String name, int size) {
        String[] shape = SHAPES.get(name);
        return shape[0] + shape[1].repeat(size / shape[1].length());
    }

    /** A cost of reading a text in one event, in events of sixteen characters, and as a thought. */
    private static void assertLinear(String name, Function<String, Long> cost, int mostEach) {
        cost.apply(text(name, SMALL));
        long small = cost.apply(text(name, SMALL));
        long large = cost.apply(text(name, LARGE));
        assertTrue(large / LARGE <= mostEach, () -> name + ": " + large / LARGE + " a character");
        double growth = (double) large / Math.max(small, SMALL);
        assertTrue(growth <= TOLERANCE * LARGE / SMALL, () -> name + ": grows " + growth + "-fold");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void the_memory_that_an_answer_takes_grows_with_its_size_alone(String name) {
        assertLinear(name, text -> allocated(text, text.length(), false), MOST_BYTES);
        assertLinear(name, text -> allocated(text, 16, false), MOST_BYTES);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void the_memory_that_a_thought_takes_grows_with_its_size_alone(String name) {
        assertLinear(name, text -> allocated(text, 16, true), MOST_BYTES);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void the_work_that_an_answer_takes_grows_with_its_size_alone(String name) {
        assertLinear(name, text -> looks(text, text.length()), MOST_LOOKS);
        assertLinear(name, text -> looks(text, 16), MOST_LOOKS);
    }

    /** Names that stand for an offered tool if their separators are forgotten. */
    @ParameterizedTest
    @ValueSource(strings = {"[tool_call]\n{\"name\":\"now%s\",\"note\":\"", "{\"name\":\"now%s\",\"input\":\""})
    void a_long_name_is_looked_up_once_however_long_its_arguments_are(String beginning) {
        Function<Integer, Long> cost = size -> {
            String text = beginning.formatted("-".repeat(size / 2)) + "a".repeat(size / 2);
            return allocated(text, 16, false);
        };
        cost.apply(SMALL);
        long small = cost.apply(SMALL);
        assertTrue(cost.apply(4 * SMALL) <= TOLERANCE * 4 * small, () -> "from " + small);
    }

    @Test
    void native_arguments_of_any_size_and_depth_are_read_without_recursion() {
        String nested = "{\"a\":[".repeat(50_000);
        ToolCallParser parser = new ToolCallParser(Tools.ALL, () -> "id", event -> {}, new TextBuffer());
        parser.on(new AnswerEvent.ToolCallOpened(0, "x", "now"));
        parser.on(new AnswerEvent.ToolCallArguments(0, nested));
        parser.on(new AnswerEvent.Finished(Reason.STOP));
    }

    private static long allocated(String text, int piece, boolean thought) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        read(text, piece, thought, new TextBuffer());
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static long looks(String text, int piece) {
        CountingBuffer buffer = new CountingBuffer();
        read(text, piece, false, buffer);
        return buffer.looks;
    }

    private static void read(String text, int piece, boolean thought, TextBuffer buffer) {
        ToolCallParser parser = new ToolCallParser(Tools.ALL, () -> "id", event -> {}, buffer);
        for (int i = 0; i < text.length(); i += piece) {
            String more = text.substring(i, Math.min(text.length(), i + piece));
            parser.on(thought ? new AnswerEvent.Reasoning(more) : new AnswerEvent.Text(more));
        }
        parser.on(new AnswerEvent.Finished(Reason.STOP));
    }

    private static final class CountingBuffer extends TextBuffer {
        private long looks;

        @Override
        char charAt(int position) {
            looks++;
            return super.charAt(position);
        }
    }
}
