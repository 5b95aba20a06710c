package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.account.Credential;
import dev.qwen2api.fakeqwen.ClosedPort;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.FakeTokens;
import dev.qwen2api.fakeqwen.Fault;
import dev.qwen2api.fakeqwen.FaultPlan;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.Request;
import dev.qwen2api.fakeqwen.WireFaults;
import dev.qwen2api.store.DatabaseCheckup;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that come to their end: renewed once for everybody, or told as what they are. */
@Timeout(60)
class RenewalTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final int CROWD = 50;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch atTheGate = new CountDownLatch(1);

    @AfterEach
    void stop() {
        gate.countDown();
        clients.shutdownNow();
    }

    private World world(int accounts) {
        return new World(folder, accounts, Map.of());
    }

    /** Gives account 1 a session of the same user with another token. */
    private static void restart(World world, String token) {
        List<String> cookies = new ArrayList<>(List.of(world.cookies().split(",")));
        cookies.set(0, world.fake.accounts().cookie(world.user(1), token));
        world.values.put("QWEN_COOKIES", String.join(",", cookies));
        world.save();
        world.gateway.reload();
    }

    private static World ended(World world) {
        restart(world, world.fake.accounts().expiredToken(world.user(1)));
        return world;
    }

    private static World revoked(World world) {
        world.fake.accounts().revoke(credential(world.gateway).token());
        return world;
    }

    private static Credential credential(Gateway gateway) {
        return status(gateway).account().credential();
    }

    private static AccountStatus status(Gateway gateway) {
        return gateway.statuses().get(0);
    }

    private static List<Request> renewals(World world) {
        return world.fake.recorder().requests(Endpoint.REFRESH);
    }

    /** Renewals wait for the gate. */
    private void holdRenewals(World world) {
        world.fake
                .faults()
                .add(WireFaults.resetBeforeFirstByte().on(Endpoint.REFRESH).when(request -> !passed()));
    }

    private boolean passed() {
        try {
            atTheGate.countDown();
            return gate.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void assertAnswers(String words, World.Reply reply) {
        assertEquals(200, reply.status, reply.toString());
        assertEquals(words, reply.text().strip(), reply.toString());
        assertEquals("", reply.errorCode());
    }

    /** How a session shows that it is over. */
    enum Over {
        PAST_ITS_END,
        CALLED_DEAD_WHEN_ASKED,
        CALLED_DEAD_WHEN_A_CHAT_IS_MADE,
        CALLED_DEAD_WITH_401;

        World in(World world) {
            return switch (this) {
                case PAST_ITS_END -> ended(world);
                case CALLED_DEAD_WHEN_A_CHAT_IS_MADE -> revoked(world);
                case CALLED_DEAD_WHEN_ASKED -> refusing(world, Refusals.expired());
                case CALLED_DEAD_WITH_401 -> refusing(world, Refusals.unauthorized401());
            };
        }

        private static World refusing(World world, Fault refusal) {
            String dead = credential(world.gateway).token();
            world.fake
                    .faults()
                    .add(refusal.when(
                            request -> request.token().filter(dead::equals).isPresent()));
            return world;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_session_that_is_over_is_renewed_and_asked_with(Over how) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            try (World world = how.in(new World(folder.resolve(String.valueOf(stream)), 1, Map.of()))) {
                assertAnswers("alive", world.chat("echo: alive", stream));
                assertAnswers("still", world.chat("echo: still", stream));

                assertEquals(1, renewals(world).size());
                assertTrue(status(world.gateway).healthy());
                assertEquals(0, status(world.gateway).failureCount(), "nobody is blamed");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_crowd_that_meets_a_session_that_is_over_renews_it_once(Over how) throws Exception {
        try (World world = how.in(new World(folder, 1, Map.of("ACCOUNT_MAX_CONCURRENT", "0")))) {
            holdRenewals(world);
            var answers = new ArrayList<Future<World.Reply>>();
            for (int i = 0; i < CROWD; i++) {
                String words = "echo: words " + i;
                boolean stream = i % 2 == 0;
                answers.add(clients.submit(() -> world.chat(words, stream)));
            }
            Eventually.holds("the crowd", () -> status(world.gateway).inFlight() == CROWD);
            gate.countDown();

            for (int i = 0; i < CROWD; i++) {
                assertAnswers("words " + i, answers.get(i).get(30, TimeUnit.SECONDS));
            }
            assertEquals(1, renewals(world).size());
        }
    }

    @Test
    void an_account_with_a_refresh_token_alone_is_renewed_when_it_is_first_asked() throws Exception {
        try (World world = world(1)) {
            String refresh = world.cookies().replaceFirst(".*?(refresh_token=[^;]+).*", "$1");
            world.values.put("QWEN_COOKIES", refresh);
            world.save();
            world.gateway.reload();
            assertEquals("", credential(world.gateway).token());
            for (int i = 0; i < 2; i++) {
                assertAnswers("alive", world.chat("echo: alive", i == 0));
            }
            assertEquals(1, renewals(world).size());
            assertEquals(Optional.of(world.user(1)), credential(world.gateway).userId());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid token", "unauthorized", "401", "forbidden", "Unauthorized"})
    void a_refused_renewal_is_not_asked_for_again_until_the_cookie_changes(String code) throws Exception {
        try (World world = ended(world(1))) {
            world.fake.faults().add(Refusals.refusal(200, code, "").on(Endpoint.REFRESH));
            for (int i = 0; i < 4; i++) {
                World.Reply reply = world.chat("hi", i % 2 == 0);
                assertEquals(503, reply.status, reply.toString());
                assertEquals("session_expired", reply.errorCode());
            }
            assertEquals(1, renewals(world).size());
            world.fake.faults().clear();
            restart(world, world.fake.accounts().token(world.user(1)));
            assertAnswers("alive", world.chat("echo: alive", false));
        }
    }

    @Test
    void a_renewal_looks_like_the_page_s_own() throws Exception {
        try (World world = ended(world(1))) {
            String jar = credential(world.gateway).cookieHeader();
            world.chat("hello", false);

            Request renewal = renewals(world).get(0);
            assertEquals("GET", renewal.method());
            assertEquals("/api/v2/auths/refresh", renewal.path());
            assertEquals(jar, renewal.header("cookie").orElse(""));
            assertEquals("same-site", renewal.header("sec-fetch-site").orElse(""));
            assertTrue(renewal.header("authorization").isEmpty(), "the dead token is not waved about");
        }
    }

    @Test
    void no_refresh_token_is_presented_twice() throws Exception {
        try (World world = world(1)) {
            for (int round = 0; round < 4; round++) {
                revoked(world);
                assertAnswers("round " + round, world.chat("echo: round " + round, true));
            }
            var presented = new HashSet<String>();
            renewals(world)
                    .forEach(renewal ->
                            presented.add(renewal.cookie("refresh_token").orElse("")));
            assertEquals(4, renewals(world).size());
            assertEquals(4, presented.size());
        }
    }

    @Test
    void a_session_near_its_end_is_renewed_while_nobody_waits() throws Exception {
        try (World world = world(1)) {
            restart(world, FakeTokens.mint(world.user(1), Instant.now().plus(Duration.ofHours(12))));
            String before = credential(world.gateway).token();
            holdRenewals(world);

            assertAnswers("at once", world.chat("echo: at once", true));
            assertAnswers("as well", world.chat("echo: as well", false));
            assertTrue(atTheGate.await(10, TimeUnit.SECONDS));
            assertEquals(before, credential(world.gateway).token());

            gate.countDown();
            Eventually.holds(
                    "a new token", () -> !credential(world.gateway).token().equals(before));
            assertAnswers("new", world.chat("echo: new", true));
            assertEquals(1, renewals(world).size());
        }
    }

    @Test
    void a_token_far_from_its_end_is_left_alone() throws Exception {
        try (World world = world(1)) {
            restart(world, FakeTokens.mintShort(world.user(1), Instant.now(), Duration.ofMinutes(15)));
            assertAnswers("well", world.chat("echo: well", true));
            assertEquals(List.of(), renewals(world));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void where_renewal_is_refused_the_next_account_answers_and_the_reason_is_shown(boolean past) throws Exception {
        try (World world = world(2)) {
            World over = past ? ended(world) : revoked(world);
            over.fake.faults().add(Refusals.expired().on(Endpoint.REFRESH));

            assertAnswers("saved", world.chat("echo: saved", true));
            assertAnswers("again", world.chat("echo: again", true));
            assertAnswers("and again", world.chat("echo: and again", false));

            assertEquals(1, renewals(world).size(), "a refused refresh token is not presented again");
            String health = world.get("/api/accountsHealth")
                    .json()
                    .at("/data/accounts/0")
                    .toString();
            assertTrue(health.contains("\"isHealthy\":false"), health);
            assertTrue(health.contains("\"state\":\"expired\""), health);
            assertTrue(health.contains("refused to renew its session"), health);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void where_the_only_renewal_is_refused_the_client_is_told_that_the_session_is_over(boolean stream)
            throws Exception {
        try (World world = ended(world(1))) {
            world.fake.faults().add(Refusals.unauthorized401().on(Endpoint.REFRESH));
            for (int i = 0; i < 2; i++) {
                World.Reply reply = world.chat("hello", stream);
                assertEquals(503, reply.status, reply.toString());
                assertEquals("session_expired", reply.errorCode());
            }
            assertEquals(1, renewals(world).size());
        }
    }

    @Test
    void a_fresh_cookie_after_a_refused_renewal_is_tried() throws Exception {
        try (World world = ended(world(1))) {
            Fault refusal = Refusals.expired().on(Endpoint.REFRESH).once();
            world.fake.faults().add(refusal);
            assertEquals(503, world.chat("hello", false).status);
            ended(world);
            assertAnswers("back", world.chat("echo: back", false));
        }
    }

    @Test
    void a_session_without_a_refresh_token_is_not_renewed() throws Exception {
        try (World world = world(1)) {
            world.values.put("QWEN_COOKIES", "token=" + world.fake.accounts().token(world.user(1)));
            world.save();
            world.gateway.reload();
            World.Reply reply = revoked(world).chat("hello", true);
            assertEquals("session_expired", reply.errorCode(), reply.toString());
            assertTrue(reply.body.contains("the service calls its token dead"), reply.toString());
            assertEquals(List.of(), renewals(world));
        }
    }

    /** What a renewal can meet that says nothing about the session, and what a client with one account is told. */
    enum Trouble {
        RESET(WireFaults::resetBeforeFirstByte, "upstream_error"),
        HTTP_500(Refusals::http500, "upstream_error"),
        NOT_UNDERSTOOD(
                () -> Refusals.reply(
                        Reply.of(200, "text/plain", "Invalid request header").actual(400)),
                "upstream_error"),
        NO_TOKEN(() -> Refusals.reply(Reply.json("{\"success\":true,\"data\":{}}")), "upstream_error"),
        UNUSABLE_TOKEN(
                () -> Refusals.reply(Reply.json("{\"success\":true,\"data\":{\"access_token\":\"a\\r\\nb: c\"}}")),
                "upstream_error"),
        RATE_LIMITED(() -> Refusals.rateLimited(4), "upstream_error"),
        GONE(Refusals::notFound, "upstream_error"),
        WAF_PAGE(Refusals::wafHtml, "verification_required");

        final Supplier<Fault> fault;
        final String code;

        Trouble(Supplier<Fault> fault, String code) {
            this.fault = fault;
            this.code = code;
        }
    }

    @ParameterizedTest
    @EnumSource
    void trouble_with_a_renewal_is_no_verdict_on_the_session(Trouble what) throws Exception {
        try (World world = ended(world(2))) {
            world.fake.faults().add(what.fault.get().on(Endpoint.REFRESH));
            assertAnswers("saved", world.chat("echo: saved", false));
            assertNotEquals("expired", status(world.gateway).state().wire());
            assertEquals(1, status(world.gateway).failureCount());
        }
    }

    @ParameterizedTest
    @EnumSource
    void trouble_with_the_only_renewal_is_told_and_passes(Trouble what) throws Exception {
        try (World world = ended(world(1))) {
            try (FaultPlan.Placed trouble =
                    world.fake.faults().add(what.fault.get().on(Endpoint.REFRESH))) {
                World.Reply reply = world.chat("hello", true);
                assertEquals(what.code, reply.errorCode(), reply.toString());
                assertTrue(trouble.hits() > 0);
            }
            assertEquals(200, world.post("/api/accounts/1/reset", "").status);
            assertAnswers("later", world.chat("echo: later", true));
        }
    }

    @Test
    void a_closed_way_to_the_auth_host_counts_against_the_account_that_needs_it() throws Exception {
        try (ClosedPort closed = new ClosedPort();
                World world = ended(new World(folder, 1, Map.of("QWEN_AUTH_PROXY_URL", closed.baseUrl())))) {
            for (int i = 0; i < 3; i++) {
                assertEquals("upstream_error", world.chat("hello", true).errorCode());
            }
            assertEquals("cooling", status(world.gateway).state().wire());
        }
    }

    @Test
    void a_renewal_that_hangs_is_bridged_by_heartbeats_and_ends_with_the_patience() throws Exception {
        Map<String, String> limits = Map.of("HEARTBEAT_SECONDS", "1", "FIRST_BYTE_TIMEOUT_SECONDS", "2");
        try (World world = ended(new World(folder, 1, limits))) {
            world.fake.faults().add(WireFaults.silentBeforeHeaders().on(Endpoint.REFRESH));
            long began = System.nanoTime();
            World.Reply reply = world.chat("hello", true);
            assertTrue(reply.body.contains("\"delta\":{\"role\":\"assistant\"}"), reply.toString());
            assertEquals("upstream_timeout", reply.errorCode(), reply.toString());
            assertTrue(System.nanoTime() - began < SOON.toNanos());
        }
    }

    @Test
    void a_client_that_leaves_while_a_session_is_renewed_leaves_nothing_behind() throws Exception {
        try (World world = ended(world(1))) {
            holdRenewals(world);
            String body = World.body("hello", true);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), world.gateway.port())) {
                client.getOutputStream().write(request(body));
                assertTrue(atTheGate.await(10, TimeUnit.SECONDS));
                assertEquals(1, status(world.gateway).inFlight());
            }
            Eventually.holds(
                    "the end of the request", () -> status(world.gateway).inFlight() == 0);
            gate.countDown();
            assertAnswers("next", world.chat("echo: next", true));
            assertEquals(1, renewals(world).size(), "what the first client waited for serves the next");
            assertEquals(1, world.fake.recorder().completions().size(), "nobody asked for the one that left");
        }
    }

    private static byte[] request(String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + World.KEY
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** How the new tokens come. */
    enum Form {
        IN_COOKIES_AND_BODY {
            @Override
            void arrange(World world) {}
        },
        IN_COOKIES_OF_A_REPLY_THAT_BREAKS_OFF {
            @Override
            void arrange(World world) {
                world.fake.faults().add(WireFaults.resetAtByte(5).on(Endpoint.REFRESH));
            }
        },
        IN_THE_BODY_ALONE {
            @Override
            void arrange(World world) {
                String token = FakeTokens.mintShort(world.user(1), Instant.now(), Duration.ofMinutes(15));
                String refresh = world.fake.accounts().refreshToken(world.user(1));
                world.fake
                        .faults()
                        .add(Refusals.reply(Reply.json("{\"success\":true,\"data\":{\"access_token\":\"" + token
                                        + "\",\"expires_at\":1790000900,\"refresh_token\":\"" + refresh + "\"}}"))
                                .on(Endpoint.REFRESH));
            }
        };

        abstract void arrange(World world);
    }

    @ParameterizedTest
    @EnumSource
    void a_renewed_session_outlives_a_restart(Form form) throws Exception {
        try (World world = ended(world(1))) {
            String before = credential(world.gateway).refreshToken();
            form.arrange(world);
            assertAnswers("renewed", world.chat("echo: renewed", true));
            Credential renewed = credential(world.gateway);
            assertNotEquals(before, renewed.refreshToken());
            assertTrue(renewed.cookieHeader().startsWith("cna="), "the rest of the jar stays");
            world.gateway.close();

            try (Gateway next = world.another()) {
                next.start();
                assertEquals(renewed.cookieHeader(), credential(next).cookieHeader());
            }
            assertEquals(1, renewals(world).size());
        }
    }

    @Test
    void a_renewal_whose_reply_stalls_after_its_head_serves_and_is_on_disk_at_once() throws Exception {
        try (World world = ended(new World(folder, 1, Map.of("FIRST_BYTE_TIMEOUT_SECONDS", "5")))) {
            world.fake.faults().add(WireFaults.stallAtByte(5).on(Endpoint.REFRESH));

            assertAnswers("renewed", world.chat("echo: renewed", true));

            String renewed = credential(world.gateway).cookieHeader();
            assertEquals(List.of(renewed), onDisk(), "whatever becomes of the process now");
            assertAnswers("again", world.chat("echo: again", false));
            assertEquals(1, renewals(world).size());
        }
    }

    /** The sessions in the database, as another process sees them now. */
    private List<String> onDisk() {
        return DatabaseCheckup.of(folder.resolve("data/qwen2api.db")).accounts().accounts().stream()
                .map(kept -> kept.account().credential().cookieHeader())
                .toList();
    }

    @Test
    void a_renewal_under_way_is_waited_for_when_the_gateway_ends() throws Exception {
        try (World world = ended(world(1))) {
            holdRenewals(world);
            Future<World.Reply> client = clients.submit(() -> world.chat("hello", true));
            assertTrue(atTheGate.await(10, TimeUnit.SECONDS));

            Future<?> end = clients.submit(world.gateway::close);
            assertFalse(endsWithin(A_SECOND, end), "it waits");
            gate.countDown();
            end.get(10, TimeUnit.SECONDS);
            assertTrue(client.isDone() || client.cancel(true));

            try (Gateway next = world.another()) {
                next.start();
                assertFalse(credential(next).expiredAt(Instant.now()));
            }
        }
    }

    private static boolean endsWithin(Duration time, Future<?> task) throws Exception {
        try {
            task.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (java.util.concurrent.TimeoutException notYet) {
            return false;
        }
    }

    @Test
    void a_renewal_does_not_reach_into_the_session_of_another_user() throws Exception {
        try (World world = ended(world(1))) {
            holdRenewals(world);
            Future<World.Reply> client = clients.submit(() -> world.chat("echo: whose", false));
            assertTrue(atTheGate.await(10, TimeUnit.SECONDS));
            String other = world.fake.accounts().newUser();
            world.values.put("QWEN_COOKIES", world.fake.accounts().cookie(other));
            world.save();
            world.gateway.reload();
            Credential others = credential(world.gateway);
            gate.countDown();

            client.get(30, TimeUnit.SECONDS);
            assertEquals(others.token(), credential(world.gateway).token());
            assertEquals(others.refreshToken(), credential(world.gateway).refreshToken());
        }
    }

    @Test
    void the_owner_is_told_of_a_session_that_ends_soon_and_cannot_be_renewed() throws Exception {
        try (World world = world(0)) {
            String user = world.fake.accounts().newUser();
            Instant end = Instant.now().plus(Duration.ofHours(60));
            world.values.put("QWEN_COOKIES", "token=" + FakeTokens.mint(user, end));
            world.save();
            world.gateway.reload();
            String health = world.get("/api/accountsHealth")
                    .json()
                    .at("/data/accounts/0")
                    .toString();
            assertTrue(health.contains("\"isHealthy\":true"), health);
            assertTrue(
                    Stream.of("its session ends in 2 days and cannot be renewed", "copy a fresh cookie")
                            .allMatch(health::contains),
                    health);
        }
    }
}
