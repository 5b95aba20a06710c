package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever clients do to their histories, the model has read exactly the conversation that it answers, calls and
 * results included. {@code -Dconversation.edits.minutes=5} runs that long, {@code -Dconversation.edits.seed=7} begins
 * with that seed; a failure names its seed.
 */
class ConversationEditsTest {

    private static final long SEED = Long.getLong("conversation.edits.seed", 1);
    private static final Duration TIME = Duration.ofMinutes(Long.getLong("conversation.edits.minutes", 0));

    private static final int RUNS = 3;
    private static final int STEPS = 60;
    private static final int MOST_TALKS = 8;
    private static final String OTHER = "sk-other-0123456789";

    @TempDir
    Path folder;

    private int answers;
    private int chats;

    @Test
    void the_model_reads_the_clients_conversation_after_any_edits() throws Exception {
        long end = System.nanoTime() + TIME.toNanos();
        long seed = SEED;
        for (; seed < SEED + RUNS || System.nanoTime() < end; seed++) {
            run(seed);
        }
        System.out.printf(
                "conversation edits: seeds %d to %d, %d steps each, %d answers, %d of them in a chat that was there%n",
                SEED, seed - 1, STEPS, answers, answers - chats);
    }

    private void run(long seed) throws Exception {
        var random = new Random(seed);
        var settings = Map.of(
                "API_KEY",
                World.KEY + "," + OTHER,
                "ACCOUNT_MAX_FAILURES",
                "1000",
                "PROMPT_MAX_BYTES",
                random.nextInt(3) == 0 ? "16384" : "92160");
        var done = new ArrayList<String>();
        try (World world = new World(folder.resolve("" + seed), 2, settings)) {
            var talks = new ArrayList<Talk>();
            for (String key : List.of(World.KEY, OTHER)) {
                talks.add(new Talk(world, key).system("Be brief."));
                talks.add(new Talk(world, key, true).system("Be brief."));
            }
            for (int step = 0; step < STEPS; step++) {
                Talk talk = talks.get(random.nextInt(talks.size()));
                step(world, talk, talks, random, done);
            }
            int all = world.fake.recorder().requests(Endpoint.COMPLETIONS).size();
            int opened = world.fake.recorder().requests(Endpoint.CHATS_NEW).size();
            assertTrue(opened < all, opened + " chats for " + all + " answers: none was used again");
            answers += all;
            chats += opened;
        } catch (AssertionError | Exception failure) {
            throw new AssertionError("seed " + seed + ", step " + done.size() + ", after " + done, failure);
        }
    }

    private static void step(World world, Talk talk, List<Talk> talks, Random random, List<String> done)
            throws Exception {
        int kind = random.nextInt(32);
        AnswerForm form = form(talk, random);
        done.add(kind + " " + form);
        talk.streamed(random.nextInt(3) > 0);
        List<ObjectNode> messages = talk.messages();
        int at = random.nextInt(messages.size());
        switch (kind) {
            case 0, 1 -> edit(messages.get(at));
            case 2, 3 -> messages.subList(at, Math.min(at + 2, messages.size())).clear();
            case 4 -> add(talks, talk.copy(), random);
            case 5 -> add(talks, talk.as(random.nextBoolean() ? World.KEY : OTHER), random);
            case 6 -> world.fake.chats().forgetAll();
            case 7 ->
                world.fake
                        .faults()
                        .add(Refusals.chatInProgress().on(Endpoint.COMPLETIONS).once());
            case 8 ->
                world.fake
                        .faults()
                        .add(Refusals.http500().on(Endpoint.COMPLETIONS).once());
            case 9 -> world.fake.faults().add(Refusals.expired().once());
            case 10 -> {
                talk.streamed(false);
                world.fake.faults().add(StreamFaults.resetAfterText(1).once());
            }
            case 11 -> world.restart();
            case 12 -> replaceAnAccount(world, random);
            case 13, 14 -> {
                together(talk, talk.copy(), form);
                return;
            }
            case 15, 16 -> {
                talk.again();
                return;
            }
            case 17 -> messages.forEach(ConversationEditsTest::writeAnew);
            case 18 -> {
                talk.say("long " + "words and \"marks\"\n".repeat(random.nextInt(300)), form);
                return;
            }
            default -> {}
        }
        if (messages.isEmpty()) {
            talk.system("Be brief.");
        }
        talk.say("=== and " + random.nextInt(1_000_000), form);
    }

    /** The answers that suit the client; those that the service keeps as they are come more often. */
    private static AnswerForm form(Talk talk, Random random) {
        List<AnswerForm> forms = Stream.of(AnswerForm.values())
                .filter(form -> talk.hasTools() || !form.needsTools())
                .flatMap(form -> Stream.generate(() -> form).limit(form.isVerbatim() ? 4 : 1))
                .toList();
        return forms.get(random.nextInt(forms.size()));
    }

    private static void add(List<Talk> talks, Talk more, Random random) {
        if (talks.size() < MOST_TALKS) {
            talks.add(more);
        } else {
            talks.set(random.nextInt(talks.size()), more);
        }
    }

    private static void edit(ObjectNode message) {
        List<JsonNode> calls = Talk.calls(message);
        if (calls.isEmpty()) {
            message.put("content", "(changed) " + message.path("content").asText());
        } else {
            ((ObjectNode) calls.get(0).path("function")).put("arguments", "{\"command\": \"changed\"}");
        }
    }

    /** As clients do that keep calls as objects: the arguments are written in another form. */
    private static void writeAnew(ObjectNode message) {
        for (JsonNode call : Talk.calls(message)) {
            ObjectNode function = (ObjectNode) call.path("function");
            function.put(
                    "arguments",
                    ModelReader.canonical(function.path("arguments").asText()));
        }
        if (Talk.role(message).equals("assistant")) {
            message.put("content", message.path("content").asText().strip());
        }
    }

    private static void replaceAnAccount(World world, Random random) {
        String[] cookies = world.cookies().split(",");
        cookies[random.nextInt(cookies.length)] =
                world.fake.accounts().cookie(world.fake.accounts().newUser());
        world.values.put("QWEN_COOKIES", String.join(",", cookies));
        world.save();
        world.gateway.reload();
    }

    /** The same conversation goes on twice at the same time. */
    private static void together(Talk one, Talk other, AnswerForm form) throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            var asked = new ArrayList<Callable<Boolean>>();
            for (Talk talk : List.of(one, other)) {
                asked.add(() -> {
                    talk.say("at once", form);
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
