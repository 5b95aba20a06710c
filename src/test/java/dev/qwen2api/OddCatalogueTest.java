package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeModel;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients get when the service's list of models holds something odd. */
@Timeout(60)
class OddCatalogueTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void a_model_created_at_the_end_of_time_is_listed_like_any_other() throws Exception {
        String list =
                "{\"data\":[{\"id\":\"qwen-odd\",\"info\":{\"created_at\":9223372036854775807}},{\"id\":\"qwen-even\"}]}";
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.reply(Reply.json(list)).on(Endpoint.MODELS, Endpoint.MODELS_V2));
            for (String path : new String[] {"/v1/models", "/models", "/v1/models/qwen-odd"}) {
                World.Reply reply = world.send("GET", path, World.KEY);
                assertEquals(200, reply.status, () -> path + " " + reply);
                assertTrue(reply.body.contains("qwen-odd"), reply::toString);
            }
        }
    }

    @Test
    void a_list_of_more_than_300_000_json_tokens_is_not_believed_and_chats_go_on() throws Exception {
        String list = "{\"data\":[{\"id\":\"qwen-odd\"}" + ",1".repeat(300_000) + "]}";
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.reply(Reply.json(list)).on(Endpoint.MODELS, Endpoint.MODELS_V2));
            World.Reply models = world.get("/v1/models");
            assertEquals(200, models.status, models::toString);
            assertTrue(!models.body.contains("qwen-odd"), models::toString);
            World.Reply chat = world.post("/v1/chat/completions", World.body("echo: hi", false));
            assertEquals("hi", chat.text().strip(), chat::toString);
        }
    }

    /** The service shows it to sessions alone, and this one has to be renewed first. */
    @Test
    void a_model_that_only_a_session_is_shown_is_there_for_a_cookie_of_a_refresh_token_alone() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.values.put(
                    "QWEN_COOKIES", "refresh_token=" + world.fake.accounts().refreshToken(world.user(1)));
            world.save();
            world.gateway.reload();
            World.Reply chat = world.post(
                    "/v1/chat/completions", World.body("echo: hi", false).replace("qwen-max", "qwen3-coder-plus"));
            assertEquals("hi", chat.text().strip(), chat::toString);
        }
    }

    @Test
    void a_model_that_only_a_session_is_shown_stays_when_the_session_that_showed_it_ends() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            String dead = world.fake.accounts().token(world.user(1));
            world.values.put(
                    "QWEN_COOKIES",
                    "token=" + dead + ",token=" + world.fake.accounts().token(world.user(2)));
            world.save();
            world.gateway.reload();
            world.fake.accounts().revoke(dead);
            assertEquals(200, world.chat("echo: hi", false).status);
            World.Reply chat = world.post(
                    "/v1/chat/completions", World.body("echo: hi", false).replace("qwen-max", "qwen3-coder-plus"));
            assertEquals("hi", chat.text().strip(), chat::toString);
        }
    }

    @Test
    void when_the_best_model_is_retired_the_lasting_name_answers_with_the_next_one_from_the_second_request_on()
            throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.models().add(FakeModel.of("qwen3.6-max"));
            assertEquals(200, world.chat("echo: hi", false).status);
            world.fake.models().retire("qwen3.7-max");
            assertEquals("model_not_found", world.chat("echo: hi", false).errorCode());
            World.Reply chat = world.chat("echo: hi", false);
            assertEquals("hi", chat.text().strip(), chat::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void while_the_gateway_is_ready_every_listed_name_has_its_line_and_is_served(boolean known) throws Exception {
        try (World world = new World(folder, 1, Map.of("MODEL_MAP", "gpt-*=qwen-max,mine=qwen-turbo"))) {
            if (!known) {
                world.fake.faults().add(Refusals.http500().on(Endpoint.MODELS, Endpoint.MODELS_V2));
            }
            assertEquals(200, world.send("GET", "/readyz", World.KEY).status);
            List<String> names =
                    new ArrayList<>(world.get("/v1/models").json().path("data").findValuesAsText("id"));
            assertTrue(names.containsAll(List.of("qwen-max", "qwen-plus", "qwen-turbo", "mine")), names.toString());
            assertEquals(known, names.contains("qwen-max-thinking"), names.toString());
            names.add("gpt-4o");
            for (String name : names) {
                assertEquals(
                        name, world.get("/v1/models/" + name).json().path("id").asText());
                if (!name.contains("image") && !name.contains("video")) {
                    World.Reply reply = world.post(
                            "/v1/chat/completions",
                            World.body("echo: hi", false).replace("qwen-max", name));
                    assertEquals(200, reply.status, name + " " + reply);
                }
            }
        }
    }
}
