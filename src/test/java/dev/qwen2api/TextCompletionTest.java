package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextCompletionTest {

    private static final String PATH = "/v1/completions";

    @TempDir
    Path folder;

    private static String body(String fields) {
        return "{\"model\":\"qwen-max\"," + fields + "}";
    }

    @Test
    void a_prompt_is_answered_with_text() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            for (String prompt : new String[] {"\"echo: hi\"", "[\"echo: hi\"]"}) {
                World.Reply reply = world.post(PATH, body("\"prompt\":" + prompt));
                assertEquals(200, reply.status, reply.toString());
                JsonNode completion = reply.json();
                assertEquals("text_completion", completion.path("object").asText());
                assertTrue(completion.path("id").asText().startsWith("cmpl-"));
                assertEquals("hi", completion.at("/choices/0/text").asText().strip());
                assertEquals("stop", completion.at("/choices/0/finish_reason").asText());
                assertTrue(completion.at("/usage/total_tokens").isInt());
            }
        }
    }

    @Test
    void thinking_is_no_part_of_the_text_even_where_it_would_stand_between_tags() throws Exception {
        try (World world = new World(folder, 1, Map.of("THINK_FORMAT", "tags"))) {
            world.fake.script().otherwise(Answer.text("Yes.").think("Hm"));
            String fields = "\"prompt\":\"go\",\"enable_thinking\":true";
            assertEquals(
                    "Yes.",
                    world.post(PATH, body(fields)).json().at("/choices/0/text").asText());
            World.Reply stream = world.post(PATH, body(fields + ",\"stream\":true"));
            assertTrue(stream.body.contains("Yes.") && !stream.body.contains("think>"), stream.body);
        }
    }

    @Test
    void a_stream_begins_with_empty_texts_while_the_service_is_silent_and_ends_with_the_cost() throws Exception {
        try (World world = new World(folder, 1, Map.of("HEARTBEAT_SECONDS", "1"))) {
            world.fake.script().otherwise(Answer.text("late").delay(Duration.ofMillis(1400)));
            String options = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
            World.Reply reply = world.post(PATH, body("\"prompt\":\"hello\"" + options));
            String[] frames = reply.body.split("\n\n");
            assertTrue(frames[0].contains("\"text\":\"\""), reply.body);
            assertTrue(reply.body.contains("\"text\":\"late\""), reply.body);
            assertTrue(frames[frames.length - 2].contains("\"choices\":[],\"usage\":{"), reply.body);
            assertEquals("data: [DONE]", frames[frames.length - 1]);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "prompt":["a","b"]           | prompt
            "prompt":[1,2]               | prompt
            "prompt":""                  | prompt
            "stream":true                | prompt
            "prompt":"a","echo":true     | echo
            "prompt":"a","suffix":"b"    | suffix
            "prompt":"a","best_of":2     | best_of
            "prompt":"a","n":2           | n
            """)
    void what_cannot_be_served_is_refused_by_name(String fields, String param) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post(PATH, body(fields));
            assertEquals(400, reply.status, reply.toString());
            assertEquals(param, reply.json().at("/error/param").asText(), reply.toString());
        }
    }
}
