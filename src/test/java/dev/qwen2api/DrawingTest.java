package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures and videos that are made, in chat and on OpenAI's picture routes. */
@Timeout(60)
class DrawingTest {

    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    private static final Map<String, String> AT_HOME = Map.of("ALLOW_PRIVATE_URLS", "true");

    private static final String FILE = "name=\"image\"; filename=\"a.png\"";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static JsonNode asked(World world) {
        return world.fake.recorder().last(Endpoint.COMPLETIONS).orElseThrow().json();
    }

    private static String chat(String model, String content, String more) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]" + more
                + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void a_video_is_waited_for_and_shown(String more) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .whenAsked(
                            "a cat",
                            Answer.video("https://cdn.qwenlm.ai/out/x.mp4?key=a&b=c")
                                    .readyAfterPolls(1));
            World.Reply reply = world.post("/v1/chat/completions", chat("qwen-max-video", "\"a cat @9:16\"", more));
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.text().contains("<video controls src=\"https://cdn.qwenlm.ai/out/x.mp4?key=a&amp;b=c\""));
            assertTrue(reply.text().contains("[Download video](https://cdn.qwenlm.ai/out/x.mp4?key=a&b=c)"));
            assertEquals("9:16", asked(world).path("size").asText());
            assertEquals("a cat", asked(world).at("/messages/0/content").asText());
            assertEquals("t2v", asked(world).at("/messages/0/chat_type").asText());
        }
    }

    @Test
    void a_video_that_cannot_be_made_is_an_error() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.failedVideo());
            World.Reply reply = world.post("/v1/chat/completions", chat("qwen-max-video", "\"a cat\"", ""));
            assertEquals(502, reply.status, reply.toString());
        }
    }

    @Test
    void an_edit_takes_the_pictures_of_the_last_message() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("bluer", Answer.image("https://cdn.qwenlm.ai/out/blue.png?key=a"));
            World.Reply reply = world.post(
                    "/v1/chat/completions",
                    chat(
                            "qwen-max-image-edit",
                            "[{\"type\":\"text\",\"text\":\"bluer\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                                    + PNG + "\"}}]",
                            ""));
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.text().contains("![image](https://cdn.qwenlm.ai/out/blue.png?key=a)"), reply.text());
            assertEquals(1, asked(world).at("/messages/0/files").size());
            assertArrayEquals(
                    Base64.getDecoder().decode(PNG),
                    world.fake.uploads().files().get(0).bytes());
        }
    }

    @Test
    void an_edit_takes_the_last_picture_of_the_conversation_where_the_last_message_has_none() throws Exception {
        try (World world = new World(folder, 1, AT_HOME)) {
            String earlier = world.fake.baseUrl() + "/output/0/t2i/a.png?key=k";
            world.fake.script().whenAsked("bluer", Answer.image("https://cdn.qwenlm.ai/out/blue.png?key=a"));
            World.Reply reply = world.post(
                    "/v1/chat/completions",
                    "{\"model\":\"qwen-max\",\"chat_type\":\"image_edit\",\"messages\":[{\"role\":\"user\",\"content\":\"a sea\"},"
                            + "{\"role\":\"assistant\",\"content\":\"![image](" + earlier
                            + ")\"},{\"role\":\"user\",\"content\":\"bluer\"}]}");
            assertEquals(200, reply.status, reply.toString());
            assertEquals(1, asked(world).at("/messages/0/files").size());
        }
    }

    @Test
    void the_picture_of_a_form_is_edited_and_thrown_away_afterwards() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("bluer", Answer.image("https://cdn.qwenlm.ai/out/blue.png?key=a"));
            byte[] picture = Arrays.copyOf(Base64.getDecoder().decode(PNG), 200_000);
            World.Reply reply = world.form("/v1/images/edits", FILE, picture);
            assertEquals(200, reply.status, reply.toString());
            assertArrayEquals(picture, world.fake.uploads().files().get(0).bytes());
            Eventually.empty(folder.resolve("data/attachments"));
        }
    }

    @ParameterizedTest
    @CsvSource({"mask, no masks", "extra, send pictures to edit as 'image'"})
    void a_file_of_a_form_that_is_no_picture_to_edit_is_refused(String field, String reason) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply =
                    world.form("/v1/images/edits", "name=\"" + field + "\"; filename=\"m.png\"", new byte[200_000]);
            assertEquals(400, reply.status, reply.toString());
            assertEquals(field, reply.json().at("/error/param").asText());
            assertTrue(reply.body.contains(reason), reply.body);
            assertEquals(0, world.fake.recorder().completions().size());
            Eventually.empty(folder.resolve("data/attachments"));
        }
    }

    @Test
    void the_picture_of_a_form_may_be_a_data_uri() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("bluer", Answer.image("https://cdn.qwenlm.ai/out/blue.png?key=a"));
            byte[] uri = ("data:image/png;base64," + PNG).getBytes(StandardCharsets.US_ASCII);
            World.Reply reply = world.form("/v1/images/edits", "name=\"image\"", uri);
            assertEquals(200, reply.status, reply.toString());
            assertEquals(1, asked(world).at("/messages/0/files").size());
        }
    }

    @ParameterizedTest
    @CsvSource({"/v1/images/edits, image", "/v1/images/edits, words", "/v1/videos, words"})
    void a_form_of_no_announced_length_is_refused_when_it_passes_the_limit(String path, String part) throws Exception {
        try (World world = new World(folder, 1, Map.of("MAX_REQUEST_MB", "1"))) {
            World.Reply reply = world.form(path, part.equals("image") ? FILE : "name=words", new byte[2 << 20]);
            assertEquals(413, reply.status, reply.toString());
            assertEquals("request_too_large", reply.errorCode());
            assertTrue(reply.body.contains("MAX_REQUEST_MB"), reply.body);
        }
    }

    @Test
    void an_edit_without_a_picture_is_refused() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post("/v1/chat/completions", chat("qwen-max-image-edit", "\"bluer\"", ""));
            assertEquals(400, reply.status, reply.toString());
            assertEquals("messages", reply.json().at("/error/param").asText());
        }
    }

    @Test
    void several_pictures_are_drawn_by_several_accounts() throws Exception {
        try (World world = new World(folder, 3, Map.of())) {
            world.fake.script().whenAsked("a sea", Answer.image("https://cdn.qwenlm.ai/out/sea.png?key=a"));
            World.Reply reply = world.post(
                    "/v1/images/generations",
                    "{\"model\":\"dall-e-3\",\"prompt\":\"a sea\",\"n\":3,\"size\":\"1792x1024\"}");
            assertEquals(200, reply.status, reply.toString());
            assertEquals(3, reply.json().path("data").size());
            assertEquals("16:9", asked(world).path("size").asText());
            assertEquals(
                    3,
                    world.fake.recorder().requests(Endpoint.COMPLETIONS).stream()
                            .map(request -> request.userId().orElse(""))
                            .distinct()
                            .count());
        }
    }

    @Test
    void the_bytes_of_a_picture_come_when_they_are_wanted() throws Exception {
        try (World world = new World(folder, 1, AT_HOME)) {
            world.fake.script().whenAsked("a sea", Answer.image(world.fake.baseUrl() + "/output/0/t2i/a.png?key=k"));
            World.Reply reply =
                    world.post("/v1/images/generations", "{\"prompt\":\"a sea\",\"response_format\":\"b64_json\"}");
            assertEquals(200, reply.status, reply.toString());
            assertEquals(PNG, reply.json().at("/data/0/b64_json").asText());
        }
    }

    @Test
    void the_newer_models_of_openai_answer_with_bytes_unless_addresses_are_wanted() throws Exception {
        try (World world = new World(folder, 1, AT_HOME)) {
            world.fake.script().whenAsked("a sea", Answer.image(world.fake.baseUrl() + "/output/0/t2i/a.png?key=k"));
            String wish = "{\"model\":\"gpt-image-1\",\"prompt\":\"a sea\"";
            assertEquals(
                    PNG,
                    world.post("/v1/images/generations", wish + "}")
                            .json()
                            .at("/data/0/b64_json")
                            .asText());
            assertTrue(world.post("/v1/images/generations", wish + ",\"response_format\":\"url\"}")
                    .json()
                    .at("/data/0")
                    .has("url"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void pictures_are_streamed_as_events_with_comments_before_them(int count) throws Exception {
        try (World world = new World(folder, 2, Map.of("ALLOW_PRIVATE_URLS", "true", "HEARTBEAT_SECONDS", "1"))) {
            world.fake
                    .script()
                    .whenAsked(
                            "a sea",
                            Answer.image(world.fake.baseUrl() + "/output/0/t2i/a.png?key=k")
                                    .delay(Duration.ofMillis(1_500)));
            World.Reply reply =
                    world.post("/v1/images/generations", "{\"prompt\":\"a sea\",\"stream\":true,\"n\":" + count + "}");
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.body.startsWith(": keep-alive\n\n"), reply.body);
            assertEquals(count, reply.events().size(), reply.body);
            JsonNode event = reply.events().get(0);
            assertEquals("image_generation.completed", event.path("type").asText());
            assertEquals(PNG, event.path("b64_json").asText());
            assertTrue(reply.body.contains("event: image_generation.completed\ndata: {"), reply.body);
        }
    }

    @Test
    void a_streamed_picture_that_fails_at_once_has_a_status() throws Exception {
        try (World world = new World(folder, 1, AT_HOME)) {
            world.fake.faults().add(Refusals.rateLimited(5).forAccount(world.user(1)));
            assertEquals(429, world.post("/v1/images/generations", "{\"prompt\":\"a sea\",\"stream\":true}").status);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9/a.png",
                "https://cdn.qwenlm.ai.example.com/a.png",
                "http://cdn.qwenlm.ai/a.png"
            })
    void an_answer_cannot_make_the_gateway_fetch_from_elsewhere_than_the_service(String url) throws Exception {
        try (World world = new World(folder, 1, AT_HOME)) {
            world.fake.script().whenAsked("a sea", Answer.image(url));
            World.Reply reply =
                    world.post("/v1/images/generations", "{\"prompt\":\"a sea\",\"response_format\":\"b64_json\"}");
            assertEquals(502, reply.status, reply.toString());
            assertTrue(reply.body.contains("no host that is known"), reply.toString());
        }
    }

    @Test
    void the_bytes_of_a_picture_come_through_the_proxy_as_everything_does() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.gateway.close();
            world.values.put("PROXY_URL", world.fake.baseUrl());
            world.values.put("QWEN_CHAT_PROXY_URL", "http://upstream.invalid");
            world.save();
            world.fake.script().whenAsked("a sea", Answer.image("http://upstream.invalid/output/0/t2i/a.png?key=k"));
            try (Gateway behind = world.another()) {
                behind.start();
                World.Reply reply = world.post(
                        behind, "/v1/images/generations", "{\"prompt\":\"a sea\",\"response_format\":\"b64_json\"}");
                assertEquals(200, reply.status, reply.toString());
                assertEquals(PNG, reply.json().at("/data/0/b64_json").asText());
            }
        }
    }

    @Test
    void an_account_at_its_limit_is_passed_over_and_with_none_left_it_is_said_when_one_returns() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.script().whenAsked("a sea", Answer.image("https://cdn.qwenlm.ai/out/sea.png?key=a"));
            world.fake.faults().add(Refusals.rateLimited(5).forAccount(world.user(1)));
            String wish = "{\"prompt\":\"a sea\"}";
            assertEquals(200, world.post("/v1/images/generations", wish).status);
            world.fake.faults().add(Refusals.rateLimited(3).forAccount(world.user(2)));
            World.Reply refused = world.post("/v1/images/generations", wish);
            assertEquals(429, refused.status, refused.toString());
            assertEquals("false", refused.header("X-Should-Retry"));
            assertTrue(refused.body.contains("in about "), refused.body);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|prompt",
                "{\"prompt\":\" \"}|prompt",
                "{\"prompt\":\"a\",\"n\":5}|n",
                "{\"prompt\":\"a\",\"n\":\"many\"}|n",
                "{\"prompt\":\"a\",\"size\":\"big\"}|size",
                "{\"prompt\":\"a\",\"response_format\":\"gif\"}|response_format",
            })
    void a_wish_that_is_wrong_is_a_400_that_names_the_field(String body, String field) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post("/v1/images/generations", body);
            assertEquals(400, reply.status, reply.toString());
            assertEquals(field, reply.json().at("/error/param").asText());
        }
    }
}
