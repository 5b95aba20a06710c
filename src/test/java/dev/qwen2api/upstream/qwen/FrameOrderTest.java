package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.fakeqwen.Capture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No order, repetition or cutting of the known frames loses a text or a picture, or invents one. */
class FrameOrderTest {

    private static final int ROUNDS = 3_000;

    private static final List<String> PICTURES = List.of(
            frame("\"phase\": \"image_gen\", \"content\": \"https://cdn.qwenlm.ai/1.png\", \"status\": \"typing\""),
            frame("\"phase\": \"image_edit\", \"content\": \"https://cdn.qwenlm.ai/2.png\", \"status\": \"typing\""),
            frame("\"phase\": \"generate_image\", \"role\": \"function\", \"content\": \"\", \"status\": \"finished\","
                    + " \"extra\": {\"tool_result\": [{\"image\": \"https://cdn.qwenlm.ai/3.png\"}]}"),
            frame("\"phase\": \"image_gen_tool\", \"content\": \"\", \"extra\": {\"image_list\": [{\"image\":"
                    + " \"https://cdn.qwenlm.ai/4.png\"}]}"));

    private static final List<String> TEXTS = List.of(
            frame("\"phase\": \"answer\", \"content\": \"<a>\", \"status\": \"typing\""),
            frame("\"phase\": \"answer\", \"content\": [{\"type\": \"text\", \"text\": \"<b>\"}]"),
            frame("\"role\": \"assistant\", \"content\": \"<c>\""));

    /** Frames that say nothing of the answer, whatever their words. */
    private static final List<String> SILENT = List.of(
            frame("\"phase\": \"think\", \"content\": \"<x>\", \"status\": \"typing\""),
            frame("\"phase\": \"think\", \"content\": \"\", \"status\": \"finished\""),
            frame("\"phase\": \"thinking_summary\", \"content\": \"\", \"extra\": {\"summary_title\": {\"content\":"
                    + " [\"<x>\"]}, \"summary_thought\": {\"content\": [\"<x>\"]}}"),
            frame("\"phase\": \"thinking_summary\", \"content\": \"\", \"status\": \"finished\""),
            frame("\"phase\": \"web_search\", \"content\": \"<x>\", \"status\": \"finished\""),
            frame("\"phase\": \"code_interpreter\", \"content\": \"<x>\", \"status\": \"finished\""),
            frame("\"phase\": \"ResearchPlanning\", \"content\": \"<x>\", \"status\": \"typing\""),
            frame("\"phase\": \"KeepAlive\", \"content\": \"<x>\", \"status\": \"typing\""),
            frame("\"phase\": \"image_gen_think\", \"content\": \"<x>\", \"status\": \"finished\""),
            frame("\"phase\": \"image_gen\", \"content\": \"\", \"status\": \"finished\""),
            frame("\"phase\": \"never_heard_of\", \"content\": \"<x>\", \"status\": \"finished\""),
            frame("\"phase\": \"single_answer\", \"content\": \"<x>\", \"status\": \"finished\""),
            "data: {\"response.info\": {\"action\": \"keep_alive\", \"response_id\": \"b\"}}\n\n",
            "data: {\"response_id\": \"b\", \"usage\": {\"input_tokens\": 1, \"output_tokens\": 2}}\n\n",
            ": a comment\n\n");

    private static final String LAST = frame("\"phase\": \"answer\", \"content\": \"\", \"status\": \"finished\"");

    private static String frame(String delta) {
        return "data: {\"choices\": [{\"delta\": {" + delta + "}}], \"response_id\": \"b\"}\n\n";
    }

    @Test
    void any_order_repetition_and_cutting_says_the_same() {
        var random = new Random(20_261_129);
        for (int round = 0; round < ROUNDS; round++) {
            var frames = new ArrayList<String>();
            var expected = new TreeSet<String>();
            for (String text : TEXTS) {
                frames.add(text);
            }
            for (int i = 0; i < PICTURES.size(); i++) {
                int times = random.nextInt(3);
                frames.addAll(Collections.nCopies(times, PICTURES.get(i)));
                if (times > 0) {
                    expected.add("picture https://cdn.qwenlm.ai/" + (i + 1) + ".png");
                }
            }
            for (String silent : SILENT) {
                frames.addAll(Collections.nCopies(random.nextInt(3), silent));
            }
            Collections.shuffle(frames, random);
            byte[] body = (String.join("", frames) + LAST).getBytes(StandardCharsets.UTF_8);
            List<String> heard =
                    Heard.of(body, whole -> cut(whole, random)).all().lines().toList();

            String words = heard.stream()
                    .filter(line -> line.startsWith("text "))
                    .map(line -> line.substring(5))
                    .sorted()
                    .collect(Collectors.joining());
            assertEquals("<a><b><c>", words, "round " + round + ": " + heard);
            List<String> pictures = heard.stream()
                    .filter(line -> line.startsWith("picture "))
                    .sorted()
                    .toList();
            assertEquals(List.copyOf(expected), pictures, "round " + round);
            assertEquals("finished STOP", heard.get(heard.size() - 1));
        }
    }

    private static List<ByteBuffer> cut(ByteBuffer whole, Random random) {
        var pieces = new ArrayList<ByteBuffer>();
        for (int at = 0; at < whole.limit(); ) {
            int length = Math.min(1 + random.nextInt(200), whole.limit() - at);
            pieces.add(whole.slice(at, length));
            at += length;
        }
        return pieces;
    }

    @Test
    void a_repeated_search_gives_no_page_a_second_number() {
        String capture = Capture.text("two-searches-used-id.sse");
        String search = capture.lines()
                .filter(line -> line.contains("web_search"))
                .findFirst()
                .orElseThrow();
        String once = Heard.of(capture).story();
        assertEquals(
                once,
                Heard.of(capture.replace(search, search + "\n\n" + search)).story());
        String unnumbered = capture.replaceAll("\"used_id\": \\d, ", "");
        assertEquals(once, Heard.of(unnumbered).story(), "numbers go on without being told");
    }
}
