package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
}
