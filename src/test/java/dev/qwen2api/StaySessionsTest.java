package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.Credential;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeTokens;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.Request;
import dev.qwen2api.fakeqwen.WireFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What belongs to a user follows the user: sessions, videos, chats, counters. */
@Timeout(60)
class StaySessionsTest {

    private static final String VIDEO = "{\"model\":\"sora-2\",\"prompt\":\"a cat\",\"size\":\"720x1280\"}";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ExecutorService clients = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        clients.shutdownNow();
    }

    private static void cookies(World world, String... cookies) {
        world.values.put("QWEN_COOKIES", String.join(",", cookies));
        world.save();
        world.gateway.reload();
    }

    private static Credential credential(World world) {
        return world.gateway.statuses().get(0).account().credential();
    }

    private static void assertAnswers(World world, String words) throws Exception {
        World.Reply reply = world.chat("echo: " + words, false);
        assertEquals(200, reply.status, reply.toString());
        assertEquals(words, reply.text().strip());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isOver(Request request) {
        return request.token()
                .flatMap(FakeTokens::read)
                .filter(claims -> claims.expiry().isBefore(Instant.now()))
                .isPresent();
    }

    /** The service looks at the token of a poll too. */
    private static Fault deadPolls() {
        return Refusals.expired().on(Endpoint.TASK_V1).when(StaySessionsTest::isOver);
    }

    private static void awaitVideo(World world, Gateway gateway, String id, String status) throws Exception {
        Eventually.holds(
                "a video that is " + status,
                () -> world.get(gateway, "/v1/videos/" + id)
                        .json()
                        .path("status")
                        .asText()
                        .equals(status));
    }

    private static String order(World world, int polls) throws Exception {
        world.fake
                .script()
                .whenAsked(
                        "a cat",
                        Answer.video(world.fake.baseUrl() + "/output/x.mp4").readyAfterPolls(polls));
        return world.post("/v1/videos", VIDEO).json().path("id").asText();
    }

    @Test
    void a_video_survives_the_end_of_the_token_it_was_ordered_with() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(deadPolls());
            String brief = FakeTokens.mintShort(world.user(1), Instant.now(), Duration.ofSeconds(4));
            cookies(world, world.fake.accounts().cookie(world.user(1), brief));
            awaitVideo(world, world.gateway, order(world, 4), "completed");
            assertFalse(credential(world).token().equals(brief));
        }
    }

    @Test
    void a_video_survives_a_dead_session_until_the_owner_copies_a_fresh_cookie() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(deadPolls());
            String brief = FakeTokens.mint(world.user(1), Instant.now().plusSeconds(3));
            cookies(world, "token=" + brief);
            String id = order(world, 3);
            awaitVideo(world, world.gateway, id, "in_progress");
            Eventually.holds(
                    "the end of the session",
                    () -> world.gateway.statuses().get(0).state() == AccountState.EXPIRED);
            cookies(world, world.fake.accounts().cookie(world.user(1)));
            awaitVideo(world, world.gateway, id, "completed");
        }
    }

    @Test
    void a_video_belongs_to_its_user_whatever_the_number_is_after_a_restart() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            String id = order(world, 3);
            awaitVideo(world, world.gateway, id, "in_progress");
            world.gateway.close();
            String[] cookies = world.cookies().split(",");
            world.values.put("QWEN_COOKIES", cookies[1] + "," + cookies[0]);
            world.save();
            try (Gateway next = world.another()) {
                next.start();
                awaitVideo(world, next, id, "completed");
            }
        }
    }

    @Test
    void a_late_reply_to_an_old_session_touches_no_freshly_copied_one() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            var late = new CountDownLatch(1);
            String stale = FakeTokens.mintShort(world.user(1), Instant.now(), Duration.ofMinutes(5));
            world.fake
                    .faults()
                    .add(Refusals.say(request -> {
                                await(late);
                                return Reply.of(200, "text/html", "<html>aliyun_waf captcha</html>")
                                        .header("set-cookie", "token=" + stale)
                                        .header("set-cookie", "refresh_token=; Max-Age=0");
                            })
                            .once());
            Future<World.Reply> old = clients.submit(() -> world.chat("hi", false));
            world.fake.recorder().awaitCompletion(1, SOON);
            cookies(world, world.fake.accounts().cookie(world.user(1)));
            Credential fresh = credential(world);
            late.countDown();
            old.get(20, TimeUnit.SECONDS);

            assertEquals(fresh.token(), credential(world).token());
            assertEquals(fresh.refreshToken(), credential(world).refreshToken());
            assertEquals(AccountState.ACTIVE, world.gateway.statuses().get(0).state());
            assertAnswers(world, "well");
        }
    }

    @Test
    void the_counters_of_a_number_are_those_of_its_present_user() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertAnswers(world, "well");
            assertEquals(1, account(world).path("requestsToday").asInt());
            String old = world.cookies();
            cookies(world, world.fake.accounts().cookie(world.fake.accounts().newUser()));
            assertEquals(0, account(world).path("requestsToday").asInt());
            assertTrue(account(world).path("lastUsed").isNull());
            cookies(world, old);
            assertEquals(1, account(world).path("requestsToday").asInt());
        }
    }

    private static JsonNode account(World world) throws Exception {
        return world.get("/api/accountsHealth").json().at("/data/accounts/0");
    }

    @Test
    void requests_of_the_cli_channel_count_and_are_seen_in_last_used() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertEquals(200, world.post("/cli/v1/chat/completions", World.body("hi", false)).status);
            JsonNode account = account(world);
            assertEquals(1, account.path("requestsToday").asInt(), account.toString());
            assertFalse(account.path("lastUsed").isNull(), account.toString());
        }
    }

    @Test
    void a_chat_left_behind_is_deleted_after_a_restart_with_an_ended_token() throws Exception {
        try (World world = new World(folder, 1, Map.of("CHAT_REUSE", "off"))) {
            world.fake.faults().add(Refusals.http500().on(Endpoint.CHAT_DELETE));
            String brief = FakeTokens.mintShort(world.user(1), Instant.now(), Duration.ofSeconds(4));
            cookies(world, world.fake.accounts().cookie(world.user(1), brief));
            assertAnswers(world, "well");
            String chat = world.fake.recorder().completions().get(0).chatId();
            assertTrue(world.fake.recorder().awaitRequests(Endpoint.CHAT_DELETE, 1, SOON));
            world.gateway.close();
            world.fake.faults().clear();
            Eventually.holds(
                    "the end of the token",
                    () -> Instant.now()
                            .isAfter(Credential.parse("token=" + brief)
                                    .flatMap(Credential::expires)
                                    .orElseThrow()));
            try (Gateway next = world.another()) {
                next.start();
                assertTrue(world.fake.recorder().awaitDeleted(chat, SOON));
                assertEquals(List.of(), world.fake.chats().alive(world.user(1)));
            }
        }
    }

    @Test
    void a_chat_of_a_user_who_was_replaced_while_it_streamed_is_deleted_once_the_user_is_back() throws Exception {
        try (World world = new World(folder, 1, Map.of("CHAT_REUSE", "off"))) {
            world.fake.script().whenAsked("a story", Answer.text("once").delay(Duration.ofSeconds(2)));
            Future<World.Reply> story = clients.submit(() -> world.chat("a story", true));
            String chat = world.fake.recorder().awaitCompletion(1, SOON).chatId();
            String old = world.cookies();
            cookies(world, world.fake.accounts().cookie(world.fake.accounts().newUser()));
            assertEquals(200, story.get(20, TimeUnit.SECONDS).status);
            assertEquals(List.of(chat), world.fake.chats().alive(world.user(1)));
            cookies(world, old);
            assertTrue(world.fake.recorder().awaitDeleted(chat, SOON));
        }
    }

    @Test
    void a_generation_whose_client_leaves_after_the_end_of_the_token_is_stopped() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String brief = FakeTokens.mintShort(world.user(1), Instant.now(), Duration.ofSeconds(4));
            cookies(world, world.fake.accounts().cookie(world.user(1), brief));
            world.fake.faults().add(Refusals.expired().on(Endpoint.STOP).when(StaySessionsTest::isOver));
            world.fake.script().whenAsked("a story", Answer.text("once").delay(Duration.ofSeconds(30)));
            Future<World.Reply> story = clients.submit(() -> world.chat("a story", true));
            String chat = world.fake.recorder().awaitCompletion(1, SOON).chatId();
            TimeUnit.SECONDS.sleep(4);
            story.cancel(true);
            world.gateway.close();
            assertTrue(world.fake.recorder().awaitStop(chat, SOON));
            assertTrue(world.fake.recorder().requests(Endpoint.STOP).stream().noneMatch(StaySessionsTest::isOver));
        }
    }

    @Test
    void a_cookie_that_left_the_file_and_comes_back_has_the_session_that_it_was_renewed_to() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String cookie = world.fake
                    .accounts()
                    .cookie(world.user(1), world.fake.accounts().expiredToken(world.user(1)));
            cookies(world, cookie);
            assertAnswers(world, "well");
            cookies(world, world.fake.accounts().cookie(world.fake.accounts().newUser()));
            cookies(world, cookie);
            assertAnswers(world, "again");
            assertEquals(AccountState.ACTIVE, world.gateway.statuses().get(0).state());
        }
    }

    private static World.Reply add(World world, int num, String cookie) throws Exception {
        String body = JSON.createObjectNode()
                .put("num", "" + num)
                .put("cookie", cookie)
                .toString();
        return world.post("/api/addAccount", body);
    }

    @Test
    void an_account_is_checked_with_the_service_before_it_is_added() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String revoked = world.fake.accounts().token(world.fake.accounts().newUser());
            world.fake.accounts().revoke(revoked);
            World.Reply dead = add(world, 2, "token=" + revoked);
            assertEquals(400, dead.status);
            assertEquals("{\"success\":false,\"error\":\"添加账户失败（账户可能已存在或 Cookie 无效）\"}", dead.body);
            assertEquals(400, add(world, 2, "token=xyz").status);
            assertEquals(1, world.gateway.statuses().size());

            World.Reply well = add(world, 2, fresh(world));
            assertEquals("账户 #2 添加成功", well.json().path("message").asText());
            assertEquals("{\"checked\":true,\"state\":\"active\"}", found(well));

            var page = world.fake.faults().add(Refusals.wafHtml().on(Endpoint.AUTHS));
            assertEquals("{\"checked\":false,\"state\":\"challenged\"}", found(add(world, 3, fresh(world))));
            page.close();
            world.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.AUTHS));
            long began = System.nanoTime();
            assertEquals("{\"checked\":false,\"state\":\"active\"}", found(add(world, 4, fresh(world))));
            assertTrue(System.nanoTime() - began < Duration.ofSeconds(20).toNanos());
            assertEquals(0, world.fake.recorder().completions().size(), "no message is spent");
        }
    }

    private static String fresh(World world) {
        return world.fake.accounts().cookie(world.fake.accounts().newUser());
    }

    private static String found(World.Reply reply) {
        JsonNode account = reply.json().path("account");
        return JSON.createObjectNode()
                .put("checked", account.path("checked").asBoolean())
                .put("state", account.path("state").asText())
                .toString();
    }

    @Test
    void an_account_that_is_added_after_the_data_folder_was_deleted_is_there_after_a_restart() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertAnswers(world, "well");
            delete(folder.resolve("data"));
            assertEquals(200, add(world, 2, fresh(world)).status);
            world.gateway.close();
            try (Gateway next = world.another()) {
                next.start();
                assertEquals(2, next.statuses().size());
            }
        }
    }

    @Test
    void an_account_that_cannot_be_stored_is_not_added() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertAnswers(world, "well");
            delete(folder.resolve("data"));
            Files.writeString(folder.resolve("data"), "no folder");
            assertEquals(503, add(world, 2, fresh(world)).status);
            assertEquals(1, world.gateway.statuses().size());
        }
    }

    private static void delete(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    @Test
    void deleting_an_account_wipes_its_cookies_its_older_sessions_and_its_cli_credential_at_once() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            String[] cookies = world.cookies().split(",");
            assertEquals(200, world.post("/cli/v1/chat/completions", World.body("hi", false)).status);
            String another = world.fake.accounts().cookie(world.user(1));
            cookies(world, another, cookies[1]);
            Eventually.holds("a credential on disk", () -> rows("cli_user", world.user(1)) == 1);
            assertEquals(200, world.send("DELETE", "/api/deleteAccount/1", World.KEY).status);
            Eventually.holds("no credential on disk", () -> rows("cli_user", world.user(1)) == 0);
            assertEquals(1, count("SELECT count(*) FROM account"));
            assertEquals(0, count("SELECT count(*) FROM retired"));
        }
    }

    private int rows(String table, String user) throws Exception {
        return count("SELECT count(*) FROM " + table + " WHERE user = '" + user + "'");
    }

    private int count(String sql) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("data/qwen2api.db").toUri() + "?mode=ro";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getInt(1);
        }
    }
}
