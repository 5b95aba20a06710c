package dev.qwen2api.toolcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterTypesTest {

    private static final String DEFINITIONS = "\"$defs\":{\"O\":{\"type\":\"object\"},\"N\":{\"$ref\":\"#/$defs/M\"},"
            + "\"M\":{\"type\":\"integer\"},\"L\":{\"anyOf\":[{\"$ref\":\"#/$defs/L\"},{\"type\":\"array\"}]},"
            + "\"a/b~c\":{\"type\":\"boolean\"},\"S\":{\"enum\":[\"1\",\"2\"]}}";

    private static String arguments(String schema, String written) {
        Tool tool = new Tool(
                "set",
                "",
                "{\"type\":\"object\",\"properties\":{\"v\":" + schema + ",\"w\":{\"type\":\"number\"}}," + DEFINITIONS
                        + "}");
        String answer = "<function=set>\n<parameter=v>" + written + "</parameter>\n</function>";
        return ParsedAnswer.of(List.of(tool), List.of(answer)).calls().get(0).arguments();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "{\"$ref\":\"#/$defs/O\"} | {\"a\": 1} | {\"a\": 1}",
                "{\"$ref\":\"#/$defs/N\"} | 3 | 3",
                "{\"$ref\":\"#/$defs/L\"} | [1] | [1]",
                "{\"$ref\":\"#/$defs/a~1b~0c\"} | true | true",
                "{\"$ref\":\"#/properties/w\",\"description\":\"d\"} | 1.5 | 1.5",
                "{\"$ref\":\"#/$defs/L/anyOf/1\"} | [1] | [1]",
                "{\"allOf\":[{\"$ref\":\"#/$defs/M\"}],\"default\":1} | 3 | 3",
                "{\"allOf\":[{},{\"type\":[\"string\",\"integer\"]},{\"type\":\"integer\"}]} | 3 | 3",
                "{\"anyOf\":[{\"$ref\":\"#/$defs/O\"},{\"type\":\"null\"}]} | {\"a\": 1} | {\"a\": 1}",
                "{\"anyOf\":[{\"$ref\":\"#/$defs/O\"},{\"type\":\"null\"}]} | null | null",
                "{\"enum\":[1,2]} | 2 | 2",
                "{\"const\":true} | true | true",
                "{\"properties\":{\"a\":{}}} | {\"a\": 1} | {\"a\": 1}",
                "{\"$ref\":\"#/$defs/S\"} | 2 | \"2\"",
                "{\"enum\":[\"1\",\"2\"]} | 2 | \"2\"",
                "{\"$ref\":\"#/$defs/missing\"} | 2 | \"2\"",
                "{\"$ref\":\"https://example.com/#/$defs/M\"} | 2 | \"2\"",
                "{\"type\":\"string\",\"enum\":[1]} | 1 | \"1\""
            })
    void a_value_between_tags_has_the_type_that_its_schema_says_by_any_keyword(
            String schema, String written, String json) {
        assertEquals("{\"v\":" + json + "}", arguments(schema, written));
    }

    @Test
    void a_schema_that_is_a_reference_itself_has_the_parameters_of_what_it_refers_to() {
        Tool tool = new Tool(
                "set",
                "",
                "{\"$ref\":\"#/definitions/A\",\"definitions\":{\"A\":{\"type\":\"object\","
                        + "\"properties\":{\"n\":{\"type\":\"integer\"}}}}}");
        ParameterTypes types = ParameterTypes.of(tool);
        assertTrue(types.knows("n"));
        assertEquals("set(n?: integer)\n", ToolPrompt.signatures(List.of(tool)));
    }

    @Test
    void references_that_go_round_or_branch_without_end_do_no_harm() {
        String both = "{\"anyOf\":[{\"$ref\":\"#/$defs/A\"},{\"$ref\":\"#/$defs/B\"}]}";
        Tool tool = new Tool(
                "set",
                "",
                "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"},\"b\":{\"$ref\":\"#/properties/b\"},\"c\":" + both
                        + "},\"$defs\":{\"A\":" + both + ",\"B\":" + both + "}}");
        assertTrue(ParameterTypes.of(tool).isText("a"));
        assertEquals(1, ToolPrompt.signatures(List.of(tool)).lines().count());
        Tool root = new Tool("set", "", "{\"$ref\":\"#\"}");
        assertTrue(ParameterTypes.of(root).isEmpty());
        assertEquals("set()\n", ToolPrompt.signatures(List.of(root)));
    }

    @Test
    void the_model_is_told_what_a_reference_stands_for() {
        Tool tool = new Tool(
                "set",
                "",
                "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"},\"b\":{\"allOf\":[{\"$ref\":\"#/$defs/B\"}]},"
                        + "\"c\":{\"const\":\"x\"}},\"$defs\":{\"A\":{\"type\":\"object\",\"properties\":{\"n\":"
                        + "{\"type\":\"integer\"}}},\"B\":{\"enum\":[\"x\",\"y\"]}}}");
        assertEquals("set(a?: {n?: integer}, b?: \"x\"|\"y\", c?: \"x\")\n", ToolPrompt.signatures(List.of(tool)));
    }
}
