package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models and sizes of pictures as the service takes them (section 13 row 13, 2026-09). */
@Timeout(60)
class PictureModelTest {

    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private World world;

    @BeforeEach
    void start() {
        world = new World(folder, 1, Map.of("MODEL_MAP", "painter=qwen-image-2.0-pro"));
        world.fake.script().whenAsked("a sea", Answer.image("https://cdn.qwenlm.ai/out/a.png?key=k"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private JsonNode sent() {
        return world.fake.recorder().last(Endpoint.COMPLETIONS).orElseThrow().json();
    }

    private World.Reply chat(String model, String more) throws Exception {
        return world.post(
                "/v1/chat/completions",
                "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"a sea\"}]" + more + "}");
    }

    private World.Reply images(String model, String more) throws Exception {
        return world.post("/v1/images/generations", "{\"model\":\"" + model + "\",\"prompt\":\"a sea\"" + more + "}");
    }

    private void drewWith(String model, String size) {
        JsonNode body = sent();
        JsonNode message = body.at("/messages/0");
        assertEquals("t2i", message.path("chat_type").asText());
        assertEquals(model, message.at("/extra/meta/model").asText(), body.toString());
        assertEquals(size, message.at("/extra/meta/size").asText(), body.toString());
        assertEquals(size, body.path("size").asText(), body.toString());
        assertFalse(body.path("model").asText().startsWith("qwen-image"), "a chat model carries the request");
        assertFalse(message.path("models").path(0).asText().startsWith("qwen-image"));
    }

    @ParameterizedTest
    @CsvSource({
        "qwen-image-3.0-pro,       qwen-image-3.0-pro",
        "qwen-image-2.0-pro,       qwen-image-2.0-pro",
        "qwen-image-3.0-pro-image, qwen-image-3.0-pro",
        "painter,                  qwen-image-2.0-pro",
    })
    void the_pro_models_draw_on_the_picture_routes_and_in_chat_and_choose_the_size(String name, String model)
            throws Exception {
        for (String size : new String[] {"", ",\"size\":\"1024x1536\""}) {
            World.Reply whole = images(name, size);
            assertEquals(200, whole.status, whole.toString());
            assertEquals(
                    "https://cdn.qwenlm.ai/out/a.png?key=k",
                    whole.json().at("/data/0/url").asText());
            drewWith(model, "auto");
            assertEquals(
                    !size.isEmpty(),
                    sent().at("/messages/0/content").asText().contains("Aspect ratio: 2:3"),
                    "the wanted format is in the words");
            for (String more : new String[] {"", ",\"stream\":true"}) {
                World.Reply reply = chat(name, more + size);
                assertEquals(200, reply.status, reply.toString());
                assertTrue(reply.text().contains("![image](https://cdn.qwenlm.ai/out/a.png?key=k)"), reply.toString());
                drewWith(model, "auto");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1024x1536, 2:3",
        "1536x1024, 3:2",
        "2:3, 2:3",
        "3:2, 3:2",
        "1024x1024, 1:1",
        "1024x1792, 9:16",
        "1792x1024, 16:9",
        "768x1024, 3:4",
        "1024x768, 4:3",
    })
    void a_size_is_the_nearest_of_seven_ratios_on_the_routes_and_in_chat(String size, String ratio) throws Exception {
        String wanted = ",\"size\":\"" + size + "\"";
        assertEquals(200, images("qwen-image-2.0", wanted).status);
        drewWith("qwen-image-2.0", ratio);
        assertEquals(200, chat("qwen-image-2.0", wanted).status);
        drewWith("qwen-image-2.0", ratio);
        assertEquals(200, images("qwen-max", wanted).status);
        drewWith("", ratio);
        assertEquals(200, chat("qwen-max-image", wanted).status);
        drewWith("", ratio);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen-image-3.0-pro", "qwen-max-image"})
    void a_size_may_be_left_to_the_service(String model) throws Exception {
        World.Reply reply = chat(model, ",\"size\":\"auto\"");
        assertEquals(200, reply.status, reply.toString());
        assertEquals(model.contains("pro") ? "auto" : "", sent().path("size").asText());
    }

    @Test
    void a_picture_in_the_message_is_edited_by_the_picture_model() throws Exception {
        World.Reply reply = world.post(
                "/v1/chat/completions",
                "{\"model\":\"qwen-image-3.0-pro\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a sea\"},"
                        + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + PNG
                        + "\"}}]}]}");
        assertEquals(200, reply.status, reply.toString());
        assertEquals("image_edit", sent().at("/messages/0/chat_type").asText());
        assertEquals(
                "qwen-image-3.0-pro", sent().at("/messages/0/extra/meta/model").asText());
        assertEquals(1, sent().at("/messages/0/files").size());
    }

    @Test
    void a_picture_model_makes_no_videos_and_is_listed() throws Exception {
        World.Reply reply = chat("qwen-image-3.0-pro", ",\"chat_type\":\"t2v\"");
        assertEquals(400, reply.status, reply.toString());
        assertEquals("model", reply.json().at("/error/param").asText());
        assertTrue(world.get("/v1/models").body.contains("\"qwen-image-3.0-pro\""));
    }
}
