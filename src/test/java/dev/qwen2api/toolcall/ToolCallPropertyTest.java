package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.AnswerEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What must hold for any text: found by seeded chance, so that a failure can be repeated. */
class ToolCallPropertyTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String[] PIECES = {
        "a",
        "é",
        "😀",
        "\"",
        "'",
        "\\",
        "\\\"",
        "\n",
        "\t",
        "\r\n",
        " ",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\u0000",
        "\u2028",
        "</tool_call>",
        "<tool_call>",
        "[/tool_call]",
        "</function>",
        "<function=now>",
        "</parameter>",
        "```",
        "`",
        "##END_CALL##",
        "\"}}",
        "\\n",
        "{\"name\": \"now\", \"arguments\": {}}",
        "\ud83d",
        "//",
        "/*",
        "#",
        "Action: now\n",
        "null",
        "1"
    };

    private static final String[] SOUP = {
        "<tool_call>",
        "</tool_call>",
        "<tool_call>\n",
        "\n</tool_call>\n",
        "[tool_call]",
        "[/tool_call]",
        "##TOOL_CALL##",
        "##END_CALL##",
        "<function=read_file>",
        "<function=fly>",
        "<parameter=path>",
        "</parameter>",
        "</function>",
        "```json\n",
        "```\n",
        "```",
        "`",
        "~~~\n",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "\\",
        ":",
        ",",
        ";",
        "\"name\": \"now\"",
        "\"arguments\": {",
        "{\"name\": \"read_file\", \"arguments\": {\"path\": \"a\"}}",
        "{\"name\": \"fly\", \"arguments\": {\"x\": 1}}",
        "{\"name\": \"now\", \"arguments\": {}}",
        "\"path\": \"x\"",
        "// c\n",
        "/* c */",
        "# h\n",
        "\n",
        "\n\n",
        " ",
        "    ",
        "word",
        "Action: now\n",
        "Action Input: {}",
        "Action",
        "now",
        "{\"name\":",
        "<|tool_call_begin|>",
        "<|tool_call_end|>",
        "true",
        "None",
        "12.",
        "é",
        "😀",
        "\r\n",
        "<tool",
        "[TOOL",
        "##",
        "<",
        "</",
        "\"\"\"",
        "“",
        "”",
        "=",
        "<tools>",
        "<invoke name=\"now\">"
    };

    private static final String[] BEGINNINGS = {
        "",
        "",
        "",
        "Words.\n",
        "<tool_call>{",
        "<tool_call>{\"name\": \"read_file\", \"arguments\": {\"path\": \"",
        "<function=read_file><parameter=path>",
        "<function=read_file>\n<parameter=path>\n",
        "```json\n{\"name\": \"now\", ",
        "{\"name\": \"now\", \"arguments\": {",
        "[{\"name\":",
        "<tool_call>{\"name\": \"fly\", \"arguments\": {\"path\": \"",
        "<tool_call>{'name': 'read_file', 'arguments': {'path': '",
        "Action: now\nAction Input: {"
    };

    @Test
    void arguments_come_out_as_they_were_written() throws JsonProcessingException {
        Random random = new Random(20261123);
        for (int round = 0; round < 3000; round++) {
            String arguments = write(object(random, 3), random);
            String output = wrap("{\"name\": \"write_file\", \"arguments\": " + arguments + "}", random);
            ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, cut(output, random));
            assertEquals("", heard.text(), output);
            assertEquals(1, heard.calls().size(), output);
            assertEquals(arguments, heard.calls().get(0).arguments(), output);
        }
    }

    @Test
    void arguments_in_a_string_come_out_as_they_were_written() throws JsonProcessingException {
        Random random = new Random(7);
        for (int round = 0; round < 1000; round++) {
            String arguments = write(object(random, 2), random);
            String call = "{\"name\": \"write_file\", \"arguments\": " + JSON.writeValueAsString(arguments) + "}";
            ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, cut(wrap(call, random), random));
            assertEquals(arguments, heard.calls().get(0).arguments(), call);
        }
    }

    @Test
    void text_between_tags_comes_out_byte_for_byte() throws JsonProcessingException {
        Random random = new Random(99);
        for (int round = 0; round < 2000; round++) {
            String content = text(random);
            if (endsItself(content)) {
                continue;
            }
            String output =
                    "<tool_call>\n<function=write_file>\n<parameter=path>\na\n</parameter>\n<parameter=content>\n"
                            + content + "\n</parameter>\n</function>\n</tool_call>";
            ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, cut(output, random));
            JsonNode arguments = JSON.readTree(heard.calls().get(0).arguments());
            assertEquals(content, arguments.path("content").textValue(), output);
        }
    }

    /** Whether a text holds what no reader could tell from the real end of its parameter. */
    private static boolean endsItself(String content) {
        String closers = "</parameter>|</function>|</tool_call>|\\[/tool_call\\]|##END_CALL##";
        return (content + "</parameter>")
                .replaceAll("\\s+", "")
                .matches("(?s).*(" + closers + ")(<|\\[/tool_call|##END).*");
    }

    @Test
    void however_a_text_is_cut_the_same_comes_out() {
        Random random = new Random(4711);
        for (int round = 0; round < 20000; round++) {
            String soup = soup(random);
            String whole = ParsedAnswer.of(Tools.ALL, List.of(soup)).story();
            assertEquals(whole, ParsedAnswer.of(Tools.ALL, characters(soup)).story(), () -> "by characters: " + soup);
            assertEquals(whole, ParsedAnswer.of(Tools.ALL, cut(soup, random)).story(), () -> "in pieces: " + soup);
        }
    }

    @Test
    void a_text_without_calls_comes_out_as_it_went_in_and_calls_are_always_sound() throws JsonProcessingException {
        Random random = new Random(815);
        int plain = 0;
        for (int round = 0; round < 20000; round++) {
            String soup = soup(random);
            ParsedAnswer heard = ParsedAnswer.of(Tools.ALL, List.of(soup));
            if (heard.calls().isEmpty() && heard.text().length() == soup.length()) {
                assertEquals(soup, heard.text());
                plain++;
            }
            boolean cutOff = heard.events.contains(new AnswerEvent.Finished(AnswerEvent.Finished.Reason.LENGTH));
            List<ParsedAnswer.Call> calls = heard.calls();
            for (ParsedAnswer.Call call : cutOff && !calls.isEmpty() ? calls.subList(0, calls.size() - 1) : calls) {
                assertTrue(JSON.readTree(call.arguments()).isObject(), () -> call + " of " + soup);
            }
        }
        assertTrue(plain > 2000 && plain < 16000, "both kinds are met, plain: " + plain);
    }

    private static String wrap(String call, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "<tool_call>\n" + call + "\n</tool_call>";
            case 1 -> "[tool_call]" + call + "[/tool_call]\n";
            case 2 -> "\n```json\n" + call + "\n```";
            default -> "<tool_call>" + call;
        };
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JSON.createObjectNode();
        for (int i = random.nextInt(4); i >= 0; i--) {
            object.set(text(random), value(random, depth));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 7 : 5);
        return switch (kind) {
            case 0 -> JSON.getNodeFactory().numberNode(random.nextInt(1000) - 500);
            case 1 -> JSON.getNodeFactory().numberNode(random.nextDouble());
            case 2 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 5 -> {
                ArrayNode list = JSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                yield list;
            }
            case 6 -> object(random, depth - 1);
            default -> JSON.getNodeFactory().textNode(text(random));
        };
    }

    private static String write(JsonNode node, Random random) throws JsonProcessingException {
        return random.nextBoolean()
                ? JSON.writeValueAsString(node)
                : JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static String soup(Random random) {
        StringBuilder soup = new StringBuilder(BEGINNINGS[random.nextInt(BEGINNINGS.length)]);
        for (int i = 1 + random.nextInt(14); i > 0; i--) {
            soup.append(SOUP[random.nextInt(SOUP.length)]);
        }
        return soup.toString();
    }

    private static List<String> characters(String text) {
        return text.chars().mapToObj(c -> String.valueOf((char) c)).toList();
    }

    private static List<String> cut(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(20));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
