package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever clients do to their histories, the model has read exactly the conversation that it answers. */
@Timeout(240)
class ConversationEditsTest {

    private static final int STEPS = 60;
    private static final String OTHER = "sk-other-0123456789";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void the_model_reads_the_clients_conversation_after_any_edits(long seed) throws Exception {
        var random = new Random(seed);
        try (World world =
                new World(folder, 2, Map.of("API_KEY", World.KEY + "," + OTHER, "ACCOUNT_MAX_FAILURES", "1000"))) {
            var talks = new ArrayList<Talk>(List.of(new Talk(world, World.KEY), new Talk(world, OTHER)));
            talks.forEach(talk -> talk.messages().add(new Talk.Said("system", "Be brief.")));
            for (int step = 0; step < STEPS; step++) {
                Talk talk = talks.get(random.nextInt(talks.size()));
                step(world, talk, talks, random);
            }
            int completions =
                    world.fake.recorder().requests(Endpoint.COMPLETIONS).size();
            int chats = world.fake.recorder().requests(Endpoint.CHATS_NEW).size();
            assertTrue(chats < completions, chats + " chats for " + completions + " answers: none was used again");
        }
    }

    private static void step(World world, Talk talk, List<Talk> talks, Random random) throws Exception {
        List<Talk.Said> messages = talk.messages();
        int at = messages.isEmpty() ? 0 : random.nextInt(messages.size());
        switch (random.nextInt(10)) {
            case 0 -> edit(messages, at);
            case 1 -> messages.subList(at, Math.min(at + 2, messages.size())).clear();
            case 2 -> talks.add(talk.copy());
            case 3 -> talks.add(talk.as(random.nextBoolean() ? World.KEY : OTHER));
            case 4 -> world.fake.chats().forgetAll();
            case 5 ->
                world.fake
                        .faults()
                        .add(Refusals.chatInProgress().on(Endpoint.COMPLETIONS).once());
            case 6 ->
                world.fake
                        .faults()
                        .add(Refusals.http500().on(Endpoint.COMPLETIONS).once());
            case 7 -> {
                together(talk, talk.copy());
                return;
            }
            case 8 -> talk.stop(random.nextBoolean() ? "STOP" : "");
            default -> {}
        }
        talk.say("=== and " + random.nextInt(1_000_000));
    }

    private static void edit(List<Talk.Said> messages, int at) {
        if (!messages.isEmpty()) {
            Talk.Said said = messages.get(at);
            messages.set(at, new Talk.Said(said.role(), said.text() + " (changed)"));
        }
    }

    /** The same conversation goes on twice at the same time. */
    private static void together(Talk one, Talk other) throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            var asked = new ArrayList<Callable<Boolean>>();
            for (Talk talk : List.of(one, other)) {
                asked.add(() -> {
                    talk.say("at once " + System.identityHashCode(talk) + System.nanoTime());
                    return true;
                });
            }
            for (Future<Boolean> each : two.invokeAll(asked)) {
                each.get();
            }
        } finally {
            two.shutdown();
        }
    }
}
