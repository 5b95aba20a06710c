package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Cooldown;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a limit of uploads means for the documents in which the gateway sends long conversations. */
@Timeout(60)
class DocumentUploadTest {

    private static final String PNG =
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8"
                    + "BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** A conversation of which no part is like one of another topic. */
    private static World.Reply talk(World world, String topic) throws Exception {
        return world.post(
                "/v1/chat/completions",
                "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"" + (topic + " ").repeat(20_000)
                        + "\"},{\"role\":\"assistant\",\"content\":\"ok\"},{\"role\":\"user\",\"content\":\"echo: hi\"}]}");
    }

    private static int asked(World world, Endpoint endpoint) {
        return world.fake.recorder().requests(endpoint).size();
    }

    private static Optional<FailureKind> uploadsLimited(World world) {
        return Optional.ofNullable(world.gateway.statuses().get(0).cooldowns().get(RequestKind.UPLOAD))
                .map(Cooldown::cause);
    }

    private static void assertShortened(World.Reply reply) {
        assertEquals(200, reply.status, reply::toString);
        assertEquals("1 message", reply.header("X-Qwen2API-Shortened"));
    }

    private static void assertWhole(World.Reply reply) {
        assertEquals(200, reply.status, reply::toString);
        assertEquals("", reply.header("X-Qwen2API-Shortened"));
    }

    @Test
    void while_uploads_are_limited_documents_are_left_out_without_asking_and_chat_goes_on() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.uploads().allow(1);
            assertWhole(talk(world, "apples"));
            assertEquals(Optional.empty(), uploadsLimited(world));
            assertShortened(talk(world, "pears"));
            assertEquals(Optional.of(FailureKind.RATE_LIMITED), uploadsLimited(world));
            assertShortened(talk(world, "plums"));
            assertShortened(talk(world, "pears"));
            assertEquals(2, asked(world, Endpoint.STS_V2));
            assertTrue(world.gateway.statuses().get(0).healthy(), "chat goes on");
        }
    }

    @Test
    void a_document_that_is_up_already_is_attached_while_uploads_are_limited() throws Exception {
        try (World world = new World(folder, 1, Map.of("CHAT_REUSE", "off"))) {
            world.fake.uploads().allow(1);
            assertWhole(talk(world, "apples"));
            assertShortened(talk(world, "pears"));
            assertWhole(talk(world, "apples"));
            assertEquals(2, asked(world, Endpoint.STS_V2));
        }
    }

    @Test
    void a_limit_that_a_picture_met_keeps_documents_back_too() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.uploads().allow(0);
            World.Reply picture = world.post(
                    "/v1/chat/completions",
                    "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"echo: seen\"},"
                            + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + PNG + "\"}}]}]}");
            assertEquals(429, picture.status, picture::toString);
            assertShortened(talk(world, "apples"));
            assertEquals(1, asked(world, Endpoint.STS_V2));
        }
    }

    @Test
    void a_human_check_at_the_parsing_of_documents_ends_their_parsing_for_a_while_and_nothing_else() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.wafHtml().on(Endpoint.PARSE));
            for (String topic : new String[] {"apples", "pears", "plums"}) {
                assertShortened(talk(world, topic));
            }
            assertEquals(1, asked(world, Endpoint.PARSE));
            assertEquals(1, asked(world, Endpoint.STS_V2));
            assertEquals(Optional.of(FailureKind.CHALLENGED), uploadsLimited(world));
            assertTrue(world.gateway.statuses().get(0).healthy(), "chat goes on");
        }
    }

    @Test
    void a_document_that_goes_up_ends_a_row_of_failed_ones() throws Exception {
        try (World world = new World(folder, 1, Map.of("ACCOUNT_MAX_FAILURES", "2"))) {
            try (var fault = world.fake.faults().add(Refusals.http500().on(Endpoint.PARSE))) {
                assertShortened(talk(world, "apples"));
            }
            assertWhole(talk(world, "pears"));
            try (var fault = world.fake.faults().add(Refusals.http500().on(Endpoint.PARSE))) {
                assertShortened(talk(world, "plums"));
                assertEquals(Optional.empty(), uploadsLimited(world), "one failure since the success");
                assertShortened(talk(world, "cherries"));
                assertEquals(Optional.of(FailureKind.BUSY), uploadsLimited(world));
            }
        }
    }
}
