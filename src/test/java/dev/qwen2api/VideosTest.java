package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.WireFaults;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Videos that are ordered now and asked about later. */
@Timeout(60)
class VideosTest {

    private static final String ORDER = "{\"model\":\"sora-2\",\"prompt\":\"a cat\",\"size\":\"720x1280\"}";
    private static final String PATH = "/v1/videos";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String clip(World world) {
        return world.fake.baseUrl() + "/output/0/t2v/x.mp4?key=k";
    }

    private static JsonNode order(World world) throws Exception {
        World.Reply reply = world.post(PATH, ORDER);
        assertEquals(200, reply.status, reply.toString());
        return reply.json();
    }

    private static JsonNode await(World world, Gateway gateway, String id, String status) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        JsonNode video = world.get(gateway, PATH + "/" + id).json();
        while (!video.path("status").asText().equals(status) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(50);
            video = world.get(gateway, PATH + "/" + id).json();
        }
        assertEquals(status, video.path("status").asText(), video.toString());
        return video;
    }

    @Test
    void an_order_is_taken_at_once_and_made_in_the_background() throws Exception {
        try (World world = new World(folder, 1, Map.of("ALLOW_PRIVATE_URLS", "true"))) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)).readyAfterPolls(1));
            JsonNode ordered = order(world);
            assertEquals("queued", ordered.path("status").asText());
            String id = ordered.path("id").asText();
            JsonNode made = await(world, world.gateway, id, "completed");
            assertTrue(made.path("completed_at").isNumber(), made.toString());
            World.Reply content = world.get(PATH + "/" + id + "/content");
            assertEquals(200, content.status);
            assertEquals("video/mp4", content.header("Content-Type"));
            assertTrue(content.body.contains("ftyp"), "the clip's own bytes");
            assertEquals(
                    "9:16",
                    world.fake
                            .recorder()
                            .last(Endpoint.COMPLETIONS)
                            .orElseThrow()
                            .json()
                            .path("size")
                            .asText());
        }
    }

    @Test
    void who_only_asks_whether_a_video_is_there_has_it_not_fetched() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)));
            String one = PATH + "/" + order(world).path("id").asText();
            await(world, world.gateway, one.substring(PATH.length() + 1), "completed");
            World.Reply head = world.head(one + "/content");
            assertEquals(200, head.status);
            assertEquals("video/mp4", head.header("Content-Type"));
            assertEquals(0, world.fake.recorder().requests(Endpoint.MEDIA).size());
        }
    }

    @Test
    void a_client_that_leaves_while_its_video_is_fetched_is_noticed() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)));
            world.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.MEDIA));
            String one = PATH + "/" + order(world).path("id").asText();
            await(world, world.gateway, one.substring(PATH.length() + 1), "completed");
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), world.gateway.port())) {
                client.getOutputStream()
                        .write(("GET " + one + "/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + World.KEY
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                assertTrue(world.fake.recorder().awaitRequests(Endpoint.MEDIA, 1, Duration.ofSeconds(10)));
                assertEquals(1, running(world));
            }
            Eventually.holds("the end of the request", () -> running(world) == 0);
        }
    }

    private static int running(World world) throws Exception {
        return world.get("/api/requests").json().at("/data/requests").size();
    }

    @Test
    void a_video_belongs_to_the_key_that_ordered_it() throws Exception {
        try (World world = new World(folder, 1, Map.of("API_KEY", World.KEY + ",sk-another-0123456789"))) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)));
            String one = PATH + "/" + order(world).path("id").asText();
            for (String method : new String[] {"GET", "DELETE"}) {
                assertEquals(404, world.send(method, one, "sk-another-0123456789").status);
            }
            assertEquals(404, world.send("GET", one + "/content", "sk-another-0123456789").status);
            assertEquals(200, world.send("DELETE", one, World.KEY).status);
            assertEquals(404, world.send("GET", one, World.KEY).status);
        }
    }

    @Test
    void a_video_that_was_taken_on_is_watched_again_after_a_restart() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)).readyAfterPolls(3));
            String id = order(world).path("id").asText();
            await(world, world.gateway, id, "in_progress");
            world.gateway.close();
            int asked = world.fake.recorder().requests(Endpoint.COMPLETIONS).size();
            try (Gateway next = world.another()) {
                next.start();
                await(world, next, id, "completed");
            }
            assertEquals(
                    asked, world.fake.recorder().requests(Endpoint.COMPLETIONS).size(), "it is not ordered again");
        }
    }

    @Test
    void an_account_at_its_limit_is_passed_over() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)));
            world.fake.faults().add(Refusals.rateLimited(5).forAccount(world.user(1)));
            await(world, world.gateway, order(world).path("id").asText(), "completed");
        }
    }

    @Test
    void what_cannot_be_made_says_why() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.failedVideo());
            String id = order(world).path("id").asText();
            JsonNode failed = await(world, world.gateway, id, "failed");
            assertEquals("upstream_error", failed.at("/error/code").asText());
            assertTrue(failed.at("/error/message").asText().contains("account_1"), failed.toString());
            World.Reply content = world.get(PATH + "/" + id + "/content");
            assertEquals(404, content.status);
            assertFalse(content.body.isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|prompt",
                "{\"prompt\":\"a\",\"size\":\"large\"}|size",
                "{\"prompt\":\"a\",\"input_reference\":\"x\"}|input_reference",
                "{\"prompt\":\"a\",\"input_reference\":\"\"}|input_reference",
                "{\"prompt\":\"a\",\"input_reference\":\"data:image/png;base64,aGVsbG8=\"}|input_reference",
                "{\"prompt\":\"a\",\"input_reference\":{\"file_id\":\"f\"}}|input_reference.image_url",
            })
    void an_order_that_is_wrong_is_a_400_that_names_the_field(String body, String field) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = world.post(PATH, body);
            assertEquals(400, reply.status, reply.toString());
            assertEquals(field, reply.json().at("/error/param").asText());
        }
    }

    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt':'a cat','input_reference':'DATA'}",
                "{'prompt':'a cat','input_reference':{'image_url':'DATA'}}",
                "{'prompt':'a cat','input_reference':'LINK'}",
            })
    void a_video_begins_with_the_picture_of_the_order(String order) throws Exception {
        try (World world = new World(folder, 1, Map.of("ALLOW_PRIVATE_URLS", "true"))) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)).readyAfterPolls(1));
            World.Reply reply = world.post(
                    PATH,
                    order.replace('\'', '"')
                            .replace("DATA", "data:image/png;base64," + PNG)
                            .replace("LINK", world.fake.baseUrl() + "/output/0/t2i/a.png?key=k"));
            assertEquals(200, reply.status, reply.toString());
            await(world, world.gateway, reply.json().path("id").asText(), "completed");
            beganWithPicture(world);
        }
    }

    /** The picture is the first file (13 row 15, 2026-09), and nothing is left of it here. */
    private void beganWithPicture(World world) throws Exception {
        JsonNode sent =
                world.fake.recorder().last(Endpoint.COMPLETIONS).orElseThrow().json();
        assertEquals("i2v", sent.at("/messages/0/chat_type").asText());
        assertEquals("i2v", sent.at("/messages/0/extra/meta/subChatType").asText());
        assertEquals(1, sent.at("/messages/0/files").size());
        assertEquals("image", sent.at("/messages/0/files/0/type").asText());
        assertTrue(
                sent.at("/messages/0/files/0/url").asText().startsWith("http"),
                sent.at("/messages/0/files/0").toString());
        assertFalse(sent.path("stream").asBoolean());
        if (Files.exists(folder.resolve("data/attachments"))) {
            Eventually.empty(folder.resolve("data/attachments"));
        }
    }

    @Test
    void a_video_begins_with_the_picture_of_a_form() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("bluer", Answer.video(clip(world)).readyAfterPolls(1));
            byte[] picture = Arrays.copyOf(Base64.getDecoder().decode(PNG), 200_000);
            World.Reply reply = world.form(PATH, "name=\"input_reference\"; filename=\"a.png\"", picture);
            assertEquals(200, reply.status, reply.toString());
            await(world, world.gateway, reply.json().path("id").asText(), "completed");
            beganWithPicture(world);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void a_video_in_chat_begins_with_the_picture_of_the_message(String more) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)).readyAfterPolls(1));
            World.Reply reply = world.post(
                    "/v1/chat/completions",
                    "{\"model\":\"qwen-max-video\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a cat\"},"
                            + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + PNG
                            + "\"}}]}]" + more + "}");
            assertEquals(200, reply.status, reply.toString());
            assertTrue(reply.text().contains("<video controls"), reply.text());
            beganWithPicture(world);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'task_status':'failed','message':'data_inspection_failed: no'} | content_filter | content filter",
                "{'task_status':'failed','code':'data_inspection_failed'}        | content_filter | content filter",
                "{'task_status':'error','message':'boom'}                        | upstream_error | boom",
                "{'task_status':'canceled','message':''}                         | upstream_error | canceled",
                "{'task_status':'something_new','message':''}                    | upstream_error | something_new",
                "{'task_status':'failed','message':'今日使用次数已达上限'}           | insufficient_quota | quota",
            })
    void a_state_that_is_not_known_to_go_on_ends_the_video_with_its_reason(String state, String code, String reason)
            throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)));
            world.fake
                    .faults()
                    .add(Refusals.reply(dev.qwen2api.fakeqwen.Reply.json(state.replace('\'', '"')))
                            .on(Endpoint.TASK_V1));
            JsonNode failed =
                    await(world, world.gateway, order(world).path("id").asText(), "failed");
            assertEquals(code, failed.at("/error/code").asText(), failed.toString());
            assertTrue(failed.at("/error/message").asText().contains(reason), failed.toString());
            assertTrue(failed.at("/error/message").asText().contains("account_1"), failed.toString());
        }
    }

    @Test
    void a_task_that_only_the_older_address_knows_is_followed_there() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().whenAsked("a cat", Answer.video(clip(world)));
            world.fake.faults().add(Refusals.notFound().on(Endpoint.TASK_V1));
            await(world, world.gateway, order(world).path("id").asText(), "completed");
        }
    }
}
