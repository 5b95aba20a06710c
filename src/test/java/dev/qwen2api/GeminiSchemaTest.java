package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schemas of Gemini's dialect, which are not quite JSON schemas, from a client's socket to the upstream's. */
@Timeout(60)
class GeminiSchemaTest {

    private static final String METHOD = "/v1beta/models/qwen-max:";
    private static final String NULLABLE = "{\"type\":\"OBJECT\",\"required\":[\"name\",\"nick\"],\"properties\":{"
            + "\"name\":{\"type\":\"STRING\"},\"nick\":{\"type\":\"STRING\",\"nullable\":true}}}";
    private static final String INSTRUMENT = "{\"type\":\"STRING\",\"enum\":[\"Percussion\",\"String\"]}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String body(String config) {
        return "{\"contents\":[{\"parts\":[{\"text\":\"a question\"}]}],\"generationConfig\":{" + config + "}}";
    }

    private static String json(String schema) {
        return body("\"responseMimeType\":\"application/json\",\"responseSchema\":" + schema);
    }

    private static String text(World.Reply reply) {
        assertEquals(200, reply.status, reply.toString());
        var text = new StringBuilder();
        (reply.body.startsWith("{") ? List.of(reply.json()) : reply.events())
                .forEach(event -> text.append(
                        event.at("/candidates/0/content/parts/0/text").asText("")));
        return text.toString();
    }

    private static String prompt(World world) {
        return world.fake
                .recorder()
                .last(Endpoint.COMPLETIONS)
                .orElseThrow()
                .json()
                .at("/messages/0/content")
                .asText();
    }

    @Test
    void a_field_that_is_nullable_may_be_null() throws Exception {
        String ann = "{\"name\":\"Ann\",\"nick\":null}";
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text(ann));
            assertEquals(ann, text(world.raw(METHOD + "generateContent", json(NULLABLE))));
            assertTrue(prompt(world).contains("[\"string\",\"null\"]"), prompt(world));
        }
    }

    @Test
    void a_field_that_is_not_nullable_may_not_be_null() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("{\"name\":null,\"nick\":null}"));
            World.Reply reply = world.raw(METHOD + "generateContent", json(NULLABLE));
            assertEquals(502, reply.status, reply.toString());
            assertTrue(reply.body.contains("$.name"), reply.body);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"type\":\"STRING\",\"nullable\":true,\"enum\":[\"a\"]}|null",
                "{\"nullable\":true,\"anyOf\":[{\"type\":\"INTEGER\"}]}|null",
                "{\"type\":\"ARRAY\",\"nullable\":true,\"items\":{\"type\":\"STRING\"}}|null",
            })
    void whatever_is_nullable_may_be_null(String schema, String value) throws Exception {
        String answer = "{\"a\":" + value + "}";
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text(answer));
            String object = "{\"type\":\"OBJECT\",\"properties\":{\"a\":" + schema + "}}";
            assertEquals(answer, text(world.raw(METHOD + "generateContent", json(object))));
        }
    }

    @Test
    void a_parameter_of_a_function_that_is_nullable_is_shown_to_the_model_as_such() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.raw(
                    METHOD + "generateContent",
                    "{\"contents\":[{\"parts\":[{\"text\":\"a question\"}]}],\"tools\":[{\"functionDeclarations\":"
                            + "[{\"name\":\"greet\",\"parameters\":" + NULLABLE + "}]}]}");
            assertTrue(prompt(world).contains("\"nick\":{\"type\":[\"string\",\"null\"]}"), prompt(world));
        }
    }

    @Test
    void a_limit_of_a_list_that_is_a_string_counts() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(Answer.text("[1,2,3]"), Answer.text("[1,2]"));
            String list = "{\"type\":\"ARRAY\",\"maxItems\":\"2\",\"items\":{\"type\":\"INTEGER\"}}";
            assertEquals("[1,2]", text(world.raw(METHOD + "generateContent", json(list))));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"type\":\"STRING\",\"enum\":[\"Percussion\",\"String\"]}|Percussion|\"Percussion\"",
                "{\"type\":\"STRING\",\"enum\":[\"Percussion\",\"String\"]}|\"Percussion\"|\"Percussion\"",
                "{\"type\":\"STRING\",\"enum\":[\"Percussion\",\"String\"]}|Percussion.|\"Percussion\"",
                "{\"type\":\"STRING\"}|Say \"hi\".|\"Say \\\"hi\\\".\"",
                "{\"type\":\"STRING\"}|42|\"42\"",
                "{\"type\":\"BOOLEAN\"}|True|true",
                "{\"type\":\"INTEGER\"}|42.|42",
                "{\"type\":\"NUMBER\",\"nullable\":true}|null|null",
                "{\"anyOf\":[{\"type\":\"INTEGER\"},{\"type\":\"STRING\"}]}|7|7",
                "{\"anyOf\":[{\"type\":\"OBJECT\"},{\"type\":\"STRING\"}]}|so {\"a\":1}|{\"a\":1}",
            })
    void an_answer_may_be_a_bare_value(String schema, String answer, String value) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text(answer));
            assertEquals(value, text(world.raw(METHOD + "generateContent", json(schema))));
            assertEquals(value, text(world.raw(METHOD + "streamGenerateContent?alt=sse", json(schema))));
        }
    }

    @Test
    void a_bare_value_is_taken_out_of_a_fence() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("```json\ntrue\n```"));
            assertEquals("true", text(world.raw(METHOD + "generateContent", json("{\"type\":\"BOOLEAN\"}"))));
        }
    }

    @Test
    void a_bare_value_that_the_schema_does_not_allow_is_requested_once_more() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(Answer.text("Brass"), Answer.text("String"));
            assertEquals("\"String\"", text(world.raw(METHOD + "generateContent", json(INSTRUMENT))));
        }
    }

    @Test
    void a_choice_is_plain_text() throws Exception {
        String body = body("\"responseMimeType\":\"text/x.enum\",\"responseSchema\":" + INSTRUMENT);
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(Answer.text("\"Percussion\""), Answer.text("Brass"), Answer.text("String"));
            assertEquals("Percussion", text(world.raw(METHOD + "generateContent", body)));
            assertTrue(prompt(world).contains("Answer with one of the values"), prompt(world));
            assertEquals("String", text(world.raw(METHOD + "generateContent", body)));
        }
    }

    @Test
    void a_choice_needs_values_to_choose_from() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.raw(METHOD + "generateContent", body("\"responseMimeType\":\"text/x.enum\""));
            assertEquals(400, reply.status, reply.toString());
            assertTrue(reply.body.contains("'enum'"), reply.body);
        }
    }
}
