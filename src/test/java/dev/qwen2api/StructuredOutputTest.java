package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** JSON mode and JSON schemas in every dialect, from a client's socket to the upstream's and back. */
@Timeout(60)
class StructuredOutputTest {

    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
            + "\"age\":{\"type\":\"integer\"}},\"required\":[\"name\",\"age\"],\"additionalProperties\":false}";
    private static final String ANN = "{\"name\":\"Ann\",\"age\":7}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** A dialect, and how it spells a schema. */
    enum Dialect {
        CHAT(
                "/v1/chat/completions",
                "\"messages\":[{\"role\":\"user\",\"content\":\"json please\"}],"
                        + "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"p\",\"strict\":true,\"schema\":%s}}"),
        RESPONSES(
                "/v1/responses",
                "\"input\":\"json please\",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"p\",\"schema\":%s}}"),
        MESSAGES(
                "/v1/messages",
                "\"max_tokens\":900,\"messages\":[{\"role\":\"user\",\"content\":\"json please\"}],"
                        + "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":%s}}"),
        GEMINI(
                "/v1beta/models/qwen-max:",
                "\"contents\":[{\"parts\":[{\"text\":\"json please\"}]}],\"generationConfig\":"
                        + "{\"responseMimeType\":\"application/json\",\"responseJsonSchema\":%s}");

        final String path;
        final String body;

        Dialect(String path, String body) {
            this.path = path;
            this.body = body;
        }

        /** Messages' errors are not OpenAI's, which the world's own post would check. */
        World.Reply ask(World world, boolean stream) throws Exception {
            return ask(world, stream, body.formatted(SCHEMA));
        }

        /** Gemini's path says what the others say in the body. */
        World.Reply ask(World world, boolean stream, String fields) throws Exception {
            String method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
            return world.raw(
                    path + (this == GEMINI ? method : ""),
                    "{\"model\":\"qwen-max\",\"stream\":" + stream + "," + fields + "}");
        }

        String text(JsonNode whole) {
            return switch (this) {
                case CHAT -> whole.at("/choices/0/message/content").asText();
                case RESPONSES -> whole.at("/output/0/content/0/text").asText();
                case MESSAGES -> whole.at("/content/0/text").asText();
                case GEMINI -> whole.at("/candidates/0/content/parts/0/text").asText();
            };
        }

        String streamed(World.Reply reply) {
            var text = new StringBuilder();
            for (JsonNode event : reply.events()) {
                text.append(event.at("/choices/0/delta/content").asText(""));
                text.append(event.at("/delta/text").asText(""));
                text.append(event.at("/candidates/0/content/parts/0/text").asText(""));
                text.append(
                        event.path("type").asText().equals("response.output_text.delta")
                                ? event.path("delta").asText()
                                : "");
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_value_is_taken_out_of_the_words_around_it(Dialect dialect) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .otherwise(Answer.text("Sure! Here you go:\n```json\n" + ANN + "\n```\nAnything {else}?"));
            assertEquals(ANN, dialect.text(dialect.ask(world, false).json()));
            assertEquals(ANN, dialect.streamed(dialect.ask(world, true)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_violation_is_requested_once_more(Dialect dialect) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(Answer.text("{\"nam\":\"Ann\"}"), Answer.text(ANN));
            assertEquals(ANN, dialect.text(dialect.ask(world, false).json()));
            assertEquals(2, world.fake.recorder().completions().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_second_violation_is_an_error_that_names_it(Dialect dialect) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("{\"nam\":\"Ann\"}"));
            World.Reply reply = dialect.ask(world, false);
            assertEquals(502, reply.status, reply.toString());
            assertTrue(reply.body.contains("$.name is missing"), reply.body);
            assertFalse(reply.body.contains("response_format"), reply.body);
            assertEquals(2, world.fake.recorder().completions().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_violation_in_a_stream_is_an_error_event(Dialect dialect) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("{\"nam\":\"Ann\"}"));
            World.Reply reply = dialect.ask(world, true);
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.body.contains("$.name is missing"), reply.body);
            assertEquals(1, world.fake.recorder().completions().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_stream_without_json_is_requested_again_before_it_begins(Dialect dialect) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().queue(Answer.text("I cannot do that."), Answer.text(ANN));
            assertEquals(ANN, dialect.streamed(dialect.ask(world, true)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {"[1,2]", "Sure: [1,2]", "\"a\"", "{\"a\":1"})
    void only_an_object_is_a_json_object(String answer) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text(answer));
            String body = World.body("json please", false);
            World.Reply reply = world.post(
                    "/v1/chat/completions",
                    body.substring(0, body.length() - 1) + ",\"response_format\":{\"type\":\"json_object\"}}");
            assertEquals(502, reply.status, reply.toString());
        }
    }

    @Test
    void a_schema_of_a_bare_string_is_refused() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String body = World.body("json please", false);
            World.Reply reply = world.post(
                    "/v1/chat/completions",
                    body.substring(0, body.length() - 1)
                            + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"p\",\"schema\":"
                            + "{\"type\":\"string\"}}}}");
            assertEquals(400, reply.status, reply.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void thinking_stays_out_of_the_json_where_it_would_stand_between_tags(Dialect dialect) throws Exception {
        try (World world = new World(folder, 1, Map.of("THINK_FORMAT", "tags"))) {
            world.fake.script().otherwise(Answer.text(ANN).think("Hm"));
            String fields = dialect.body.formatted(SCHEMA) + ",\"enable_thinking\":true";
            World.Reply whole = dialect.ask(world, false, fields);
            assertFalse(whole.body.contains("think>"), whole.body);
            assertTrue(whole.body.contains(ANN.replace("\"", "\\\"")), whole.body);
            assertEquals(ANN, dialect.streamed(dialect.ask(world, true, fields)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_of_white_space_is_no_answer(Dialect dialect) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.empty().chunks(" ", "\n\n", " "));
            String plain = dialect.body.substring(
                    0,
                    dialect.body.lastIndexOf(",\""
                            + switch (dialect) {
                                case CHAT -> "response_format";
                                case RESPONSES -> "text";
                                case MESSAGES -> "output_config";
                                case GEMINI -> "generationConfig";
                            }));
            for (boolean stream : new boolean[] {false, true}) {
                World.Reply reply = dialect.ask(world, stream, plain);
                assertEquals(502, reply.status, reply.toString());
            }
        }
    }
}
