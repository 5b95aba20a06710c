package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

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

    private static final List<String> WORDS = List.of("<a>", "<b>", "<c>");

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

    /** Each ends an answer; what comes behind one is not part of it, so it stays the last. */
    private static final List<String> ENDS = List.of(
            frame("\"phase\": \"answer\", \"content\": \"\", \"status\": \"finished\""),
            frame("\"phase\": \"answer\", \"content\": \"\", \"status\": \"completed\""),
            "data: {\"response.completed\": {\"chat_id\": \"c\", \"response_id\": \"b\"}}\n\n",
            "data: [DONE]\n\n");

    private static String frame(String delta) {
        return "data: {\"choices\": [{\"delta\": {" + delta + "}}], \"response_id\": \"b\"}\n\n";
    }

    @Test
    void any_order_repetition_and_cutting_says_the_same() {
        var random = new Random(20_261_129);
        for (int round = 0; round < ROUNDS; round++) {
            var frames = new ArrayList<String>();
            var expected = new TreeSet<String>();
            var words = new StringBuilder();
            for (int i = 0; i < TEXTS.size(); i++) {
                // A frame of text that is repeated is more text: only links and pages have an identity.
                int times = i == 0 ? 1 + random.nextInt(2) : random.nextInt(3);
                frames.addAll(Collections.nCopies(times, TEXTS.get(i)));
                words.append(WORDS.get(i).repeat(times));
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
            byte[] body =
                    (String.join("", frames) + ENDS.get(random.nextInt(ENDS.size()))).getBytes(StandardCharsets.UTF_8);
            List<String> heard =
                    Heard.of(body, whole -> cut(whole, random)).all().lines().toList();

            String said = heard.stream()
                    .filter(line -> line.startsWith("text "))
                    .map(line -> line.substring(5))
                    .sorted()
                    .collect(Collectors.joining());
            assertEquals(words.toString(), sorted(said), "round " + round + ": " + heard);
            List<String> pictures = heard.stream()
                    .filter(line -> line.startsWith("picture "))
                    .sorted()
                    .toList();
            assertEquals(List.copyOf(expected), pictures, "round " + round);
            assertEquals("finished STOP", heard.get(heard.size() - 1));
        }
    }

    /** Neighbouring pieces may arrive as one. */
    private static String sorted(String words) {
        return WORDS.stream()
                .map(word -> word.repeat(words.split(word, -1).length - 1))
                .collect(Collectors.joining());
    }

    @Test
    void frames_without_text_and_pictures_are_never_an_answer() {
        var random = new Random(20_261_130);
        List<String> silent = SILENT.stream()
                .filter(each -> !each.contains("never_heard_of") && !each.contains("single_answer"))
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            var frames = new ArrayList<String>();
            silent.forEach(each -> frames.addAll(Collections.nCopies(random.nextInt(3), each)));
            Collections.shuffle(frames, random);
            byte[] body =
                    (String.join("", frames) + ENDS.get(random.nextInt(ENDS.size()))).getBytes(StandardCharsets.UTF_8);
            String heard = Heard.of(body, whole -> cut(whole, random)).all();
            assertFalse(heard.lines().anyMatch(line -> line.matches("(text|picture) .*")), heard);
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
