package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Capture;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The request that meets a limit is told the same wait as the next one: until the first account is back. */
@Timeout(60)
class WaitsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    static Stream<Fault> limitsWithoutTime() {
        return Stream.of(Refusals.reply(Capture.reply("chinese-day-spent.json")), Refusals.rateLimitedRaw(""));
    }

    @ParameterizedTest
    @MethodSource("limitsWithoutTime")
    void a_limit_that_names_no_time_is_told_with_the_cooldown_of_its_account(Fault limit) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(limit);
            for (String order : new String[] {"first", "second"}) {
                World.Reply reply = world.chat("hi", false);
                assertEquals(429, reply.status, reply::toString);
                assertTrue(reply.body.contains("Try again in about 5 min."), reply::toString);
                assertEquals("", reply.header("Retry-After"), order);
                assertEquals("false", reply.header("X-Should-Retry"), order);
            }
        }
    }

    @Test
    void the_wait_is_that_of_the_account_which_is_back_first_whichever_failed_in_this_request() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake
                    .faults()
                    .add(Refusals.reply(Capture.reply("too-many-requests.json")).forAccount(world.user(1)));
            assertEquals(200, world.chat("hi", false).status);
            world.fake.faults().add(Refusals.rateLimited(4).forAccount(world.user(2)));
            World.Reply reply = world.chat("hi", false);
            assertEquals(429, reply.status, reply::toString);
            int wait = Integer.parseInt(reply.header("Retry-After"));
            assertTrue(wait > 5 && wait <= 60, reply.header("Retry-After"));
            assertEquals("", reply.header("X-Should-Retry"));
        }
    }
}
