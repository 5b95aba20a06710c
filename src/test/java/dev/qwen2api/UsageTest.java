package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Usage;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.store.Database;
import dev.qwen2api.store.SqlUsage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a whole gateway counts. */
@Timeout(60)
class UsageTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** What was kept, by account, whatever the day. */
    private Map<String, Usage> kept() throws Exception {
        var byAccount = new HashMap<String, Usage>();
        try (var database = new Database(folder.resolve("data/qwen2api.db"), Clock.systemUTC(), System::nanoTime)) {
            new SqlUsage(database)
                    .load(LocalDate.now(ZoneOffset.UTC).minusDays(1))
                    .forEach((key, sum) -> byAccount.merge(key.account().toString(), sum, Usage::plus));
        }
        return byAccount;
    }

    @Test
    void an_answer_is_counted_with_the_tokens_that_its_client_was_told() throws Exception {
        long input;
        long output;
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply first = world.chat("echo: hello", false);
            input = first.json().path("usage").path("prompt_tokens").asLong();
            output = first.json().path("usage").path("completion_tokens").asLong();
            assertEquals(200, world.chat("echo: hello", true).status);
        }
        assertTrue(input > 0 && output > 0);
        assertEquals(Map.of("account_1", new Usage(2, 2 * input, 2 * output)), kept());
    }

    @Test
    void only_the_account_that_answered_to_the_end_is_counted() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.faults().add(Refusals.http500().forAccount(world.user(1)));
            assertEquals(200, world.chat("echo: well", false).status);
        }
        assertEquals(1, kept().size());
        assertEquals(1, kept().getOrDefault("account_2", Usage.NONE).requests());
    }

    @Test
    void an_answer_that_breaks_off_is_not_counted() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(StreamFaults.resetAfterText(2));
            world.chat("echo: one two three four", true);
        }
        assertEquals(Map.of(), kept());
    }
}
