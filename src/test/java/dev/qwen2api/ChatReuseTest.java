package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Completion;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Conversations that go on in the chat that has their beginning. */
@Timeout(120)
class ChatReuseTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String RESULT = "line of a file that was read, with \"quotes\" and \\ in it\n".repeat(110);

    @TempDir
    Path folder;

    private static Completion completion(World world, int number) {
        return world.fake.recorder().awaitCompletion(number, SOON);
    }

    private static Talk twoTurns(World world) throws Exception {
        var talk = new Talk(world, World.KEY);
        talk.say("one");
        talk.say("two");
        return talk;
    }

    @Test
    void the_next_message_goes_alone_into_the_same_chat_behind_the_last_answer() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            twoTurns(world);
            assertEquals(completion(world, 1).chatId(), completion(world, 2).chatId());
            assertEquals(completion(world, 1).userId(), completion(world, 2).userId());
            assertTrue(completion(world, 2).prompt().text().matches("two #\\d+ WORDS"));
            assertEquals(
                    completion(world, 1).responseId(),
                    completion(world, 2).prompt().parentId().orElseThrow());
            assertEquals(1, world.fake.recorder().requests(Endpoint.CHATS_NEW).size());
        }
    }

    @Test
    void an_agents_run_of_twenty_turns_needs_two_upstream_calls_a_turn_at_most() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            var run = new AgentRun(world);
            for (int turn = 0; turn < 20; turn++) {
                assertEquals(200, run.turn(RESULT).status);
            }
            var calls = new EnumMap<Endpoint, Integer>(Endpoint.class);
            for (Endpoint endpoint : Endpoint.values()) {
                int count = world.fake.recorder().requests(endpoint).size();
                if (count > 0) {
                    calls.put(endpoint, count);
                }
            }
            calls.remove(Endpoint.MODELS);
            calls.remove(Endpoint.MODELS_V2);
            int all = calls.values().stream().mapToInt(Integer::intValue).sum();
            assertTrue(all <= 44, all + " calls: " + calls);
            assertEquals(1, calls.get(Endpoint.CHATS_NEW), calls.toString());
        }
    }

    private static Stream<Arguments> answers(boolean verbatim) {
        return Stream.of(AnswerForm.values())
                .filter(form -> form.isVerbatim() == verbatim)
                .map(form -> Arguments.of(form, form.ordinal() % 2 == 0));
    }

    static Stream<Arguments> verbatim() {
        return answers(true);
    }

    static Stream<Arguments> altered() {
        return answers(false);
    }

    @ParameterizedTest
    @MethodSource("verbatim")
    void an_answer_that_reaches_the_client_as_it_is_goes_on_in_its_chat(AnswerForm form, boolean streamed)
            throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            var talk = new Talk(world, World.KEY, true).streamed(streamed);
            talk.say("one", form);
            talk.say("two", form);
            assertEquals(completion(world, 1).chatId(), completion(world, 2).chatId());
            assertEquals(1, world.fake.recorder().requests(Endpoint.CHATS_NEW).size());
        }
    }

    @ParameterizedTest
    @MethodSource("altered")
    void an_answer_that_the_gateway_cut_or_altered_ends_its_chat(AnswerForm form, boolean streamed) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            var talk = new Talk(world, World.KEY, true).streamed(streamed);
            talk.say("one", form);
            String chat = completion(world, 1).chatId();
            assertTrue(world.fake.recorder().awaitDeleted(chat, SOON));
            int asked = world.fake.recorder().completions().size();
            talk.say("two");
            assertNotEquals(chat, completion(world, asked + 1).chatId());
        }
    }

    static Stream<Fault> damages() {
        return Stream.of(StreamFaults.garbage(), StreamFaults.moderationMidStream(1));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void an_answer_that_came_in_disorder_ends_its_chat(Fault damage) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(damage.on(Endpoint.COMPLETIONS).once());
            var talk = new Talk(world, World.KEY);
            talk.say("one");
            assertTrue(world.fake.recorder().awaitDeleted(completion(world, 1).chatId(), SOON));
            talk.say("two");
        }
    }

    @Test
    void an_answer_to_a_message_that_lacks_documents_ends_its_chat() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.internalError().on(Endpoint.PARSE));
            var run = new AgentRun(world);
            assertEquals(200, run.turn(RESULT.repeat(20)).status);
            World.Reply shortened = run.turn(RESULT);
            assertEquals(200, shortened.status);
            assertNotEquals("", shortened.header("X-Qwen2API-Shortened"));
            assertTrue(world.fake.recorder().awaitDeleted(completion(world, 2).chatId(), SOON));
        }
    }

    @Test
    void nothing_is_used_again_after_a_restart() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            var talk = twoTurns(world);
            world.restart();
            assertTrue(world.fake.recorder().awaitDeleted(completion(world, 1).chatId(), SOON));
            talk.say("three");
            assertNotEquals(completion(world, 1).chatId(), completion(world, 3).chatId());
            assertEquals(2, world.fake.recorder().requests(Endpoint.CHATS_NEW).size());
        }
    }

    @Test
    void an_account_that_is_busy_leaves_the_conversation_to_one_that_is_free() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (World world = new World(folder, 2, Map.of("ACCOUNT_MAX_CONCURRENT", "1"))) {
            var talk = twoTurns(world);
            world.fake.script().whenAsked("a story", Answer.text("once").delay(Duration.ofMinutes(1)));
            assertEquals(200, world.chat("echo: turn of the other account", false).status);
            other.submit(() -> world.chat("a story", true));
            assertEquals(completion(world, 1).userId(), completion(world, 4).userId());
            talk.say("three");
            assertNotEquals(completion(world, 1).userId(), completion(world, 5).userId());
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void a_chat_is_on_disk_while_it_waits_and_no_longer_when_it_is_deleted() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            twoTurns(world);
            Eventually.holds("a chat in the ledger", () -> chatsInTheLedger() == 1);
            world.gateway.close();
            assertEquals(0, world.fake.chats().count());
            assertEquals(0, chatsInTheLedger());
        }
    }

    private int chatsInTheLedger() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("data/qwen2api.db").toUri() + "?mode=ro";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM chat")) {
            return row.getInt(1);
        }
    }

    @Test
    void with_cleanup_off_a_chat_is_used_again_and_stays() throws Exception {
        try (World world = new World(folder, 1, Map.of("CHAT_CLEANUP", "keep"))) {
            twoTurns(world);
            assertEquals(completion(world, 1).chatId(), completion(world, 2).chatId());
            world.gateway.close();
            assertEquals(1, world.fake.chats().count());
        }
    }

    @Test
    void a_chat_that_is_gone_is_replaced_without_loss() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            var talk = twoTurns(world);
            world.fake.chats().forget(completion(world, 1).chatId());
            talk.say("three");
            world.fake
                    .faults()
                    .add(Refusals.chatInProgress().on(Endpoint.COMPLETIONS).once());
            talk.say("four");
        }
    }

    @Test
    void an_account_that_is_out_loses_the_chat_and_nothing_of_the_conversation() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            var talk = twoTurns(world);
            world.fake
                    .faults()
                    .add(Refusals.rateLimited(2).on(Endpoint.COMPLETIONS).once());
            talk.say("three");
            talk.say("four");
            assertNotEquals(completion(world, 1).userId(), completion(world, 4).userId());
        }
    }

    @Test
    void chats_that_are_opened_take_turns_whatever_is_continued_in_between() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            for (int i = 0; i < 3; i++) {
                twoTurns(world);
            }
            assertEquals(completion(world, 1).userId(), completion(world, 5).userId());
            assertNotEquals(completion(world, 1).userId(), completion(world, 3).userId());
        }
    }

    @Test
    void it_can_be_turned_off_and_then_keeps_nothing() throws Exception {
        try (World world = new World(folder, 1, Map.of("CHAT_REUSE", "off"))) {
            twoTurns(world);
            assertNotEquals(completion(world, 1).chatId(), completion(world, 2).chatId());
            assertTrue(world.fake.recorder().awaitDeleted(completion(world, 2).chatId(), SOON));
        }
    }

    @Test
    void chats_that_wait_are_deleted_at_the_end() throws Exception {
        World world = new World(folder, 1, Map.of());
        try (world) {
            twoTurns(world);
            assertEquals(1, world.fake.chats().count());
            world.gateway.close();
            assertEquals(0, world.fake.chats().count());
        }
    }

    @Test
    void another_key_never_gets_into_the_chat() throws Exception {
        try (World world = new World(folder, 1, Map.of("API_KEY", World.KEY + ",sk-other-0123456789"))) {
            var talk = new Talk(world, World.KEY);
            talk.say("one");
            talk.as("sk-other-0123456789").say("two");
            assertNotEquals(completion(world, 1).chatId(), completion(world, 2).chatId());
        }
    }
}
