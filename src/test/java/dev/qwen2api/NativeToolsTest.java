package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service's own tools in the settings of the accounts (section 13 row 24, 2026-09). */
@Timeout(60)
class NativeToolsTest {

    private static final Map<String, String> OFF = Map.of("NATIVE_TOOLS", "off");
    private static final String NONE =
            "{\"web_search\":false,\"code_interpreter\":false,\"image_gen_tool\":false,\"image_edit_tool\":false}";
    private static final String FORMER =
            "{\"web_search\":true,\"code_interpreter\":true,\"image_gen_tool\":true,\"image_edit_tool\":false}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static List<Request> updates(World world) {
        return world.fake.recorder().requests(Endpoint.SETTINGS_UPDATE);
    }

    private static void awaitUpdates(World world, int count) throws Exception {
        Eventually.holds(count + " updates", () -> updates(world).size() == count);
    }

    private static JsonNode last(World world) {
        return updates(world).get(updates(world).size() - 1).json();
    }

    @Test
    void by_default_no_setting_of_an_account_is_read_or_written() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertEquals(200, world.chat("hi", false).status);
            assertTrue(world.fake.recorder().requests(Endpoint.SETTINGS).isEmpty());
            assertTrue(updates(world).isEmpty());
        }
    }

    @Test
    void off_switches_every_tool_off_once_per_account_and_keep_restores_what_was_there() throws Exception {
        try (World world = new World(folder, 2, OFF)) {
            awaitUpdates(world, 2);
            for (Request update : updates(world)) {
                assertEquals("{\"tools_enabled\":" + NONE + "}", update.json().toString());
                assertTrue(update.header("version").isPresent(), "a write without it is refused (row 26)");
            }
            world.gateway.reload();
            Thread.sleep(2_500);
            assertEquals(2, updates(world).size(), "once");

            world.values.put("NATIVE_TOOLS", "keep");
            world.save();
            world.gateway.reload();
            awaitUpdates(world, 4);
            assertEquals("{\"tools_enabled\":" + FORMER + "}", last(world).toString());
        }
    }

    @Test
    void the_former_settings_outlive_a_restart() throws Exception {
        try (World world = new World(folder, 1, OFF)) {
            awaitUpdates(world, 1);
            world.gateway.close();
            world.values.put("NATIVE_TOOLS", "keep");
            world.save();
            try (Gateway next = world.another()) {
                next.start();
                awaitUpdates(world, 2);
                assertEquals("{\"tools_enabled\":" + FORMER + "}", last(world).toString());
            }
        }
    }

    @Test
    void an_account_whose_cookie_leaves_the_settings_gets_its_own_back() throws Exception {
        try (World world = new World(folder, 2, OFF)) {
            awaitUpdates(world, 2);
            world.values.put("QWEN_COOKIES", world.cookies().split(",")[0]);
            world.save();
            world.gateway.reload();
            awaitUpdates(world, 3);
            assertEquals("{\"tools_enabled\":" + FORMER + "}", last(world).toString());
            assertEquals(world.user(2), updates(world).get(2).userId().orElse(""));
        }
    }

    @Test
    void a_deleted_account_gets_its_own_back() throws Exception {
        try (World world = new World(folder, 2, OFF)) {
            awaitUpdates(world, 2);
            World.Reply reply = world.send("DELETE", "/api/deleteAccount/2", World.KEY);
            assertEquals(200, reply.status, reply.toString());
            awaitUpdates(world, 3);
            assertEquals("{\"tools_enabled\":" + FORMER + "}", last(world).toString());
        }
    }

    @Test
    void a_reload_while_the_database_cannot_be_read_is_not_undone_when_it_can() throws Exception {
        Path database = folder.resolve("data/qwen2api.db");
        Path away = folder.resolve("away.db");
        try (World world = new World(folder, 0, OFF)) {
            String cookie = world.fake.accounts().cookie(world.fake.accounts().newUser());
            world.post("/api/addAccount", "{\"num\":\"7\",\"cookie\":\"" + cookie + "\"}");
            awaitUpdates(world, 1);
            world.gateway.close();
            Files.move(database, away);
            Files.createDirectory(database);
            world.gateway = world.another();
            world.gateway.start();
            world.values.put("NATIVE_TOOLS", "keep");
            world.save();
            world.gateway.reload();
            Files.delete(database);
            Files.move(away, database);
            awaitUpdates(world, 2);
            assertEquals("{\"tools_enabled\":" + FORMER + "}", last(world).toString());
        }
    }
}
