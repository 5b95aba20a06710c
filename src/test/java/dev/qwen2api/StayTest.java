package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.StreamFaults;
import dev.qwen2api.fakeqwen.WireFaults;
import dev.qwen2api.ops.doctor.PortCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fault stays where it belongs: what one request meets costs no other request more than it must. */
@Timeout(60)
class StayTest {

    private static final String VIDEO = "{\"model\":\"sora-2\",\"prompt\":\"a cat\",\"size\":\"720x1280\"}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ExecutorService clients = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        clients.shutdownNow();
    }

    private Future<World.Reply> chatLater(World world, String prompt, boolean stream) {
        return clients.submit(() -> world.chat(prompt, stream));
    }

    private static World.Reply reply(Future<World.Reply> client) throws Exception {
        return client.get(40, TimeUnit.SECONDS);
    }

    private static void assertAnswers(World world, String words) throws Exception {
        World.Reply reply = world.chat("echo: " + words, false);
        assertEquals(200, reply.status, reply.toString());
        assertEquals(words, reply.text().strip());
    }

    private static JsonNode health(World world) throws Exception {
        return world.get("/api/accountsHealth").json().path("data");
    }

    private static List<AccountState> states(World world) {
        return world.gateway.statuses().stream().map(each -> each.state()).toList();
    }

    @Test
    void ten_requests_that_meet_one_human_check_are_one_event_for_the_circuit_breaker() throws Exception {
        try (World world = new World(folder, 12, Map.of())) {
            var together = new CountDownLatch(10);
            world.fake
                    .faults()
                    .add(Refusals.say(request -> {
                                together.countDown();
                                await(together);
                                return Reply.of(200, "text/html", "<html>aliyun_waf captcha</html>");
                            })
                            .times(10));
            List<Future<World.Reply>> replies = IntStream.range(0, 10)
                    .mapToObj(i -> chatLater(world, "echo: well", false))
                    .toList();
            for (Future<World.Reply> each : replies) {
                assertEquals(200, reply(each).status, "another account answers");
            }
            assertEquals("closed", health(world).at("/circuitBreaker/state").asText());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void every_report_tells_the_pause_of_the_circuit_breaker_with_its_end() throws Exception {
        try (World world = new World(folder, 8, Map.of())) {
            world.fake.faults().add(Refusals.wafHtml());
            for (int i = 0; i < 3; i++) {
                assertEquals(503, world.chat("hi", false).status);
            }
            world.fake.faults().clear();

            JsonNode breaker = health(world).path("circuitBreaker");
            assertEquals("open", breaker.path("state").asText());
            Instant until = Instant.parse(breaker.path("until").asText());
            assertTrue(until.isBefore(Instant.now().plusSeconds(125)), "no more than one or two doublings: " + until);
            World.Reply ready = world.get("/readyz");
            assertEquals(503, ready.status);
            assertEquals(breaker, ready.json().path("circuitBreaker"));
            assertTrue(
                    ready.json()
                            .path("reason")
                            .asText()
                            .contains(breaker.path("until").asText()),
                    ready.body);
            String metrics = world.get("/metrics").body;
            assertTrue(metrics.contains("qwen2api_circuit_breaker{state=\"open\"} 1"), metrics);
            assertTrue(metrics.contains("qwen2api_circuit_breaker_open_until_timestamp_seconds "), metrics);
            String doctor = new PortCheck("127.0.0.1", world.gateway.port())
                    .findings()
                    .get(0)
                    .text();
            assertTrue(
                    doctor.endsWith("but its circuit breaker is open until "
                            + breaker.path("until").asText()),
                    doctor);
            assertEquals(503, world.chat("hi", false).status, "no request goes out");

            world.post("/api/accounts/1/reset", "");
            assertAnswers(world, "well");
            assertEquals("closed", health(world).at("/circuitBreaker/state").asText());
        }
    }

    private static String withDocument() {
        String text = Base64.getEncoder().encodeToString("# notes".getBytes(StandardCharsets.UTF_8));
        return "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"read\"},"
                + "{\"type\":\"file\",\"file\":{\"filename\":\"notes.md\",\"file_data\":\"data:text/markdown;base64,"
                + text
                + "\"}}]}]}";
    }

    @Test
    void three_documents_that_cannot_be_parsed_leave_chats_alone() throws Exception {
        for (Fault fault : List.of(Refusals.http500(), Refusals.wafHtml())) {
            try (World world = new World(folder.resolve("" + fault.hashCode()), 3, Map.of())) {
                world.fake.faults().add(fault.on(Endpoint.PARSE));
                for (int i = 0; i < 3; i++) {
                    World.Reply reply = world.post("/v1/chat/completions", withDocument());
                    assertNotEquals(200, reply.status, reply.toString());
                }
                assertAnswers(world, "hi");
                assertFalse(
                        states(world).contains(AccountState.COOLING),
                        states(world).toString());
                assertFalse(
                        states(world).contains(AccountState.CHALLENGED),
                        states(world).toString());
            }
        }
    }

    @Test
    void a_prompt_whose_answer_is_empty_everywhere_takes_no_account_out_when_an_sdk_sends_it_three_times()
            throws Exception {
        try (World world = new World(folder, 5, Map.of())) {
            var empty = world.fake.faults().add(StreamFaults.emptyStream());
            for (int i = 0; i < 3; i++) {
                assertEquals(502, world.chat("hi", false).status);
            }
            empty.close();
            assertEquals(
                    List.of(AccountState.ACTIVE),
                    states(world).stream().distinct().toList());
        }
    }

    @Test
    void a_403_without_a_body_for_one_request_costs_one_account_minutes() throws Exception {
        try (World world = new World(folder, 4, Map.of())) {
            var refused = world.fake.faults().add(Refusals.reply(Reply.of(403, "text/plain", "")));
            assertNotEquals(200, world.chat("hi", false).status);
            refused.close();
            assertEquals(
                    3,
                    states(world).stream()
                            .filter(state -> state == AccountState.ACTIVE)
                            .count());
            assertFalse(
                    states(world).contains(AccountState.DISABLED), states(world).toString());
            assertAnswers(world, "well");
        }
    }

    @Test
    void a_video_over_its_quota_leaves_chats_alone_and_every_report_says_so() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.rateLimited(4).once());
            String id = world.post("/v1/videos", VIDEO).json().path("id").asText();
            Eventually.holds(
                    "the end of the order",
                    () -> world.get("/v1/videos/" + id)
                            .json()
                            .path("status")
                            .asText()
                            .equals("failed"));

            assertAnswers(world, "well");
            JsonNode account = health(world).at("/accounts/0");
            assertEquals("active", account.path("state").asText());
            assertEquals("limited", account.at("/cooldowns/video/state").asText(), account.toString());
            String metrics = world.get("/metrics").body;
            assertTrue(metrics.contains("qwen2api_account_kind_up{account=\"account_1\",kind=\"video\"} 0"), metrics);
            assertTrue(metrics.contains("qwen2api_account_kind_up{account=\"account_1\",kind=\"chat\"} 1"), metrics);
            assertEquals(200, world.get("/readyz").status);
        }
    }

    @Test
    void a_long_stream_that_began_before_a_cooldown_holds_up_no_trial() throws Exception {
        var settings = Map.of("ACCOUNT_MAX_FAILURES", "1", "ACCOUNT_COOLDOWN_SECONDS", "1");
        try (World world = new World(folder, 1, settings)) {
            world.fake.script().whenAsked("a long story", Answer.text("once").delay(Duration.ofSeconds(15)));
            Future<World.Reply> story = chatLater(world, "a long story", true);
            world.fake.recorder().awaitCompletion(1, Duration.ofSeconds(10));
            world.fake.faults().add(Refusals.http500().once());
            assertNotEquals(200, world.chat("hi", false).status);
            assertEquals(List.of(AccountState.COOLING), states(world));
            Eventually.holds("the end of the cooldown", () -> states(world).equals(List.of(AccountState.ACTIVE)));

            assertAnswers(world, "well");
            assertFalse(story.isDone());
        }
    }

    @Test
    void a_whole_answer_that_breaks_off_is_answered_by_another_account() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.script().otherwise(Answer.empty().chunks("one ", "two ", "three ", "four"));
            world.fake.faults().add(StreamFaults.resetAfterText(2).forAccount(world.user(1)));
            World.Reply reply = world.chat("count", false);
            assertEquals(200, reply.status, reply.toString());
            assertEquals("one two three four", reply.text());
        }
    }

    @Test
    void a_request_whose_account_fails_is_served_before_fourteen_that_came_later() throws Exception {
        var settings = Map.of("ACCOUNT_MAX_CONCURRENT", "1", "CHAT_PREWARM", "0");
        try (World world = new World(folder, 2, settings)) {
            var failing = new CountDownLatch(1);
            world.fake
                    .faults()
                    .add(Refusals.say(request -> {
                                await(failing);
                                return Reply.of(500, "text/plain", "");
                            })
                            .when(request -> request.text().contains("the first"))
                            .once());
            world.fake.script().whenAsked("hold", Answer.text("held").delay(Duration.ofSeconds(4)));
            Future<World.Reply> first = chatLater(world, "echo: the first", false);
            world.fake.recorder().awaitCompletion(1, Duration.ofSeconds(10));
            Future<World.Reply> hold = chatLater(world, "hold", false);
            world.fake.recorder().awaitCompletion(2, Duration.ofSeconds(10));
            var later = new ArrayList<Future<World.Reply>>();
            for (int i = 0; i < 14; i++) {
                later.add(chatLater(world, "hold " + i, false));
            }
            TimeUnit.MILLISECONDS.sleep(500);
            failing.countDown();

            assertEquals(200, reply(first).status);
            assertEquals(200, reply(hold).status);
            List<Boolean> isFirst = world.fake.recorder().completions().stream()
                    .map(each -> each.request().text().contains("the first"))
                    .toList();
            long served = isFirst.subList(0, isFirst.lastIndexOf(true)).stream()
                    .filter(is -> !is)
                    .count();
            assertTrue(served <= 3, served - 1 + " of those who came later were served first");
            for (Future<World.Reply> each : later) {
                each.cancel(true);
            }
        }
    }

    @Test
    void three_silent_accounts_cost_no_more_than_two_first_byte_limits() throws Exception {
        var settings = Map.of("FIRST_BYTE_TIMEOUT_SECONDS", "3", "IDLE_TIMEOUT_SECONDS", "3", "QUEUE_SECONDS", "3");
        try (World world = new World(folder, 4, settings)) {
            world.fake.faults().add(WireFaults.silentBeforeHeaders());
            long began = System.nanoTime();
            assertEquals(504, world.chat("hi", false).status);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            assertTrue(took.compareTo(Duration.ofSeconds(25)) < 0, took.toString());
            assertEquals(2, world.fake.recorder().completions().size());
        }
    }

    @Test
    void the_only_account_is_tried_again_within_seconds_after_three_broken_connections() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            var broken = world.fake.faults().add(WireFaults.resetBeforeFirstByte());
            for (int i = 0; i < 3; i++) {
                assertEquals(502, world.chat("hi", false).status);
            }
            World.Reply meanwhile = world.chat("hi", false);
            broken.close();
            assertEquals(429, meanwhile.status, meanwhile.toString());
            assertTrue(Integer.parseInt(meanwhile.header("Retry-After")) <= 11, meanwhile.header("Retry-After"));
            assertTrue(meanwhile.body.contains("connection"), meanwhile.body);

            Eventually.holds("the account", () -> world.chat("echo: well", false).status == 200);
        }
    }
}
