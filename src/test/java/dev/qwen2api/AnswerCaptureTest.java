package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Capture;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that the service was seen to give, as a client gets them. */
@Timeout(60)
class AnswerCaptureTest {

    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    private static final Map<String, String> AT_HOME = Map.of("ALLOW_PRIVATE_URLS", "true");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private World world() {
        return new World(folder, 1, AT_HOME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "thinking-and-answer-ids.sse",
                "single-frame-under-another-id.sse",
                "status-completed.sse",
                "frame-status-completed.sse",
                "response-completed.sse",
                "finish-reason-stop.sse",
                "done-only.sse",
                "content-array.sse",
                "other-phases-before-answer.sse",
            })
    void an_answer_is_whole_however_it_is_labelled_and_ended(String capture) throws Exception {
        try (World world = world()) {
            world.fake.faults().add(Refusals.reply(Capture.reply(capture)));
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = world.chat("hi", stream);
                assertEquals(200, reply.status, reply.toString());
                assertEquals("one two", reply.text(), reply.toString());
                assertEquals("stop", finish(reply), reply.toString());
                assertFalse(reply.body.contains("secret"), "an unknown phase is no answer while one comes");
            }
        }
    }

    private static String finish(World.Reply reply) {
        JsonNode last = reply.body.startsWith("{") ? reply.json() : null;
        return last != null
                ? last.at("/choices/0/finish_reason").asText()
                : reply.events().stream()
                        .map(event -> event.at("/choices/0/finish_reason").asText(""))
                        .filter(each -> !each.isEmpty() && !each.equals("null"))
                        .findFirst()
                        .orElse("");
    }

    @Test
    void moderation_in_a_delta_in_the_middle_of_an_answer_is_a_content_filter() throws Exception {
        try (World world = world()) {
            world.fake.faults().add(Refusals.reply(Capture.reply("moderated-delta-mid-answer.sse")));
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = world.chat("hi", stream);
                assertEquals("one two", reply.text(), reply.toString());
                assertEquals("content_filter", finish(reply), reply.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"search-and-generated-picture.sse, gen.png", "edit-phase-before-answer.sse, edit.png"})
    void a_picture_in_an_ordinary_chat_is_shown_as_one(String capture, String file) throws Exception {
        try (World world = world()) {
            world.fake.faults().add(Refusals.reply(Capture.reply(capture)));
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = world.chat("hi", stream);
                assertTrue(
                        reply.text().contains("![image](https://cdn.qwenlm.ai/out/" + file + "?key=k)"),
                        reply.toString());
                assertTrue(reply.text().contains("one two"), reply.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_page_without_an_address_and_a_gap_leave_the_numbers_of_the_others(boolean stream) throws Exception {
        String capture = Capture.text("two-searches-used-id.sse")
                .replace("\"url\": \"https://a.example\", ", "")
                .replace("\"used_id\": 2", "\"used_id\": 5")
                .replace("[[4]]", "[[2]], [[7]]");
        try (World world = world()) {
            world.fake.faults().add(Refusals.reply(Reply.of(200, "text/event-stream", capture)));
            World.Reply reply =
                    world.post("/v1/chat/completions", World.body("hi", stream).replace("qwen-max", "qwen-max-search"));
            String text = reply.text();
            assertTrue(
                    text.contains("7 | [C](https://c.example)") || text.contains("[7] [C](https://c.example)"), text);
            List<String> cited = (stream ? reply.events() : List.of(reply.json()))
                    .stream()
                            .flatMap(event -> event.findValuesAsText("url").stream())
                            .toList();
            assertEquals(List.of("https://b.example", "https://c.example"), cited);
        }
    }

    @Test
    void citations_keep_the_numbers_of_the_service() throws Exception {
        try (World world = world()) {
            world.fake.faults().add(Refusals.reply(Capture.reply("two-searches-used-id.sse")));
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = world.post(
                        "/v1/chat/completions", World.body("hi", stream).replace("qwen-max", "qwen-max-search"));
                String text = reply.text();
                assertTrue(text.contains("one [[4]]"), text);
                assertTrue(text.matches("(?s).*4 ?\\|[^|]*https://c\\.example.*|(?s).*4\\D[^\\n]*c\\.example.*"), text);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"edit.sse", "edit-echoes-source.sse"})
    void an_edit_gives_the_result_and_never_the_source(String capture) throws Exception {
        try (World world = world()) {
            world.fake.faults().add(Refusals.say(request -> {
                String source = request.json().at("/messages/0/files/0/url").asText();
                return Reply.of(
                        200,
                        "text/event-stream",
                        Capture.text(capture).replace("SOURCE", source.replaceFirst("\\?.*", "")));
            }));
            World.Reply reply = world.form(
                    "/v1/images/edits",
                    "name=\"image\"; filename=\"a.png\"",
                    Base64.getDecoder().decode(PNG));
            assertEquals(200, reply.status, reply.toString());
            assertEquals(1, reply.json().path("data").size(), reply.toString());
            assertEquals(
                    "https://cdn.qwenlm.ai/out/edit.png?key=k",
                    reply.json().at("/data/0/url").asText());
        }
    }

    @Test
    void a_dead_link_is_read_back_from_the_chat_once() throws Exception {
        try (World world = world()) {
            String url = world.fake.baseUrl() + "/output/0/t2i/a.png?key=k";
            world.fake.script().whenAsked("a sea", Answer.image(url));
            world.fake.faults().add(page().on(Endpoint.MEDIA).once());
            World.Reply reply =
                    world.post("/v1/images/generations", "{\"prompt\":\"a sea\",\"response_format\":\"b64_json\"}");
            assertEquals(200, reply.status, reply.toString());
            assertEquals(PNG, reply.json().at("/data/0/b64_json").asText());
            assertEquals(1, world.fake.recorder().requests(Endpoint.CHAT_DETAIL).size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"b64_json", "url"})
    void a_link_that_stays_dead_is_no_picture(String format) throws Exception {
        try (World world = world()) {
            String url = world.fake.baseUrl() + "/output/0/t2i/a.png?key=k";
            world.fake.script().whenAsked("a sea", Answer.image(url));
            world.fake.faults().add(page().on(Endpoint.MEDIA));
            World.Reply reply = world.post(
                    "/v1/images/generations", "{\"prompt\":\"a sea\",\"response_format\":\"" + format + "\"}");
            assertEquals(502, reply.status, reply.toString());
            assertTrue(reply.body.contains("leads nowhere"), reply.toString());
        }
    }

    /** The stored chat has another picture in the client's own message, and the source as what the edit echoed. */
    @Test
    void a_source_that_is_read_back_with_a_dead_result_is_no_result() throws Exception {
        try (World world = world()) {
            String dead = world.fake.baseUrl() + "/output/u/image_edit/dead.png?key=k";
            world.fake
                    .faults()
                    .add(page().on(Endpoint.MEDIA)
                            .when(request -> request.path().contains("dead")));
            world.fake.faults().add(Refusals.say(request -> {
                String source = request.json().at("/messages/0/files/0/url").asText();
                world.fake.faults().add(storedChat(source, dead).on(Endpoint.CHAT_DETAIL));
                return Reply.of(
                        200,
                        "text/event-stream",
                        Capture.text("edit-echoes-source.sse")
                                .replace("SOURCE", source.replaceFirst("\\?.*", ""))
                                .replace("https://cdn.qwenlm.ai/out/edit.png?key=k", dead));
            }));
            World.Reply reply = world.form(
                    "/v1/images/edits",
                    "name=\"image\"; filename=\"a.png\"",
                    Base64.getDecoder().decode(PNG));
            assertEquals(502, reply.status, reply.toString());
            assertTrue(reply.body.contains("leads nowhere"), reply.toString());
            assertEquals(1, world.fake.recorder().requests(Endpoint.CHAT_DETAIL).size());
        }
    }

    private static dev.qwen2api.fakeqwen.Fault storedChat(String source, String result) {
        String entry = "{\"content\":\"%s\",\"phase\":\"image_edit\"}";
        String other = result.replace("dead", "other");
        return Refusals.reply(Reply.json(
                "{\"success\":true,\"data\":{\"chat\":{\"history\":{\"messages\":{\"a\":{\"role\":\"user\",\"content_list\":["
                        + entry.formatted(other) + "]},\"b\":{\"role\":\"assistant\",\"content_list\":["
                        + entry.formatted(source) + "," + entry.formatted(result) + "]}}}}}}"));
    }

    private static dev.qwen2api.fakeqwen.Fault page() {
        return Refusals.reply(Reply.of(200, "text/html", "<html>gone</html>"));
    }

    @Test
    void a_search_is_sent_with_thinking_which_stays_hidden() throws Exception {
        try (World world = world()) {
            world.fake.script().otherwise(Answer.text("one two").think("hm"));
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = world.post(
                        "/v1/chat/completions", World.body("hi", stream).replace("qwen-max", "qwen-max-search"));
                assertEquals("one two", reply.text(), reply.toString());
                assertFalse(reply.body.contains("hm"), reply.toString());
            }
            JsonNode features = world.fake
                    .recorder()
                    .last(Endpoint.COMPLETIONS)
                    .orElseThrow()
                    .json()
                    .at("/messages/0/feature_config");
            assertTrue(features.path("thinking_enabled").asBoolean(), features.toString());
        }
    }

    @Test
    void a_long_text_counts_by_its_bytes_and_characters_are_written_as_they_are() throws Exception {
        try (World world = world()) {
            world.fake.script().otherwise(Answer.text("one two"));
            String talk = "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "字".repeat(59_000)
                    + "\"},{\"role\":\"assistant\",\"content\":\"ok\"},{\"role\":\"user\",\"content\":\"go on\"}]}";
            assertEquals(200, world.post("/v1/chat/completions", talk).status);
            assertEquals(200, world.chat("😀".repeat(10_000), false).status);
            for (var request : world.fake.recorder().requests(Endpoint.COMPLETIONS)) {
                String body = new String(request.body(), StandardCharsets.UTF_8);
                assertTrue(request.body().length < 92_160, request.body().length + " bytes");
                assertFalse(body.contains("\\ud83d"), "an escape of twelve bytes");
            }
            assertEquals(1, world.fake.uploads().files().size(), "the Chinese text is a document, the emoji are not");
        }
    }
}
