package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.AccountState;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Refusals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A changed {@code .env} under a running gateway. */
@Timeout(600)
class ReloadTest {

    private static final int RELOADS = 1_000;
    private static final Map<String, String> PATIENT =
            Map.of("ACCOUNT_MAX_CONCURRENT", "0", "FIRST_BYTE_TIMEOUT_SECONDS", "120", "IDLE_TIMEOUT_SECONDS", "120");
    private static final int CLIENTS = 16;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static List<String> accounts(World world) {
        return world.gateway.statuses().stream()
                .map(status -> status.account().id().toString())
                .toList();
    }

    @Test
    void a_saved_file_is_in_force_without_anybody_asking() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String more = world.fake.accounts().cookie(world.fake.accounts().newUser());
            world.values.put("QWEN_COOKIES", world.cookies() + "," + more);
            world.save();
            Eventually.holds("the second account", () -> accounts(world).equals(List.of("account_1", "account_2")));
            assertEquals(200, world.chat("hello", true).status);
        }
    }

    @Test
    void a_removed_key_is_refused_at_once_and_a_new_one_let_in() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.values.put("API_KEY", "sk-another-0123456789");
            world.save();
            assertTrue(world.gateway.reload().isChanged());
            assertEquals(401, world.get("/v1/models").status);
        }
    }

    @Test
    void a_running_answer_finishes_with_the_account_it_began_with() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake
                    .script()
                    .otherwise(Answer.empty().chunks("one ", "two ", "three").delayPerChunk(Duration.ofMillis(300)));
            CompletableFuture<World.Reply> running = CompletableFuture.supplyAsync(() -> {
                try {
                    return world.chat("slowly", true);
                } catch (Exception broken) {
                    throw new IllegalStateException(broken);
                }
            });
            world.fake.recorder().awaitCompletion(1, Duration.ofSeconds(10));
            world.values.put("QWEN_COOKIES", "");
            world.save();
            assertTrue(world.gateway.reload().isChanged());
            assertEquals(List.of(), accounts(world));
            World.Reply reply = running.get(20, TimeUnit.SECONDS);
            assertEquals("one two three", reply.text());
            assertTrue(reply.isDone());
        }
    }

    @Test
    void a_broken_file_changes_nothing_and_says_why() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            Path env = folder.resolve(".env");
            for (String broken :
                    List.of("", "API_KEY=\"never closed\nQWEN_COOKIES=x", "API_KEY=\n", "SERVICE_PORT=many\n")) {
                Files.writeString(env, broken);
                var result = world.gateway.reload();
                assertFalse(result.isChanged(), broken);
                assertTrue(result.problem().isPresent(), broken);
                assertEquals(200, world.chat("hello", false).status);
            }
            Files.delete(env);
            assertTrue(world.gateway.reload().problem().isPresent());
            world.save();
            assertTrue(world.gateway.reload().problem().isEmpty());
        }
    }

    @Test
    void a_user_who_stays_keeps_health_across_a_change_of_neighbours() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.faults().add(Refusals.rateLimited(4).forAccount(world.user(1)));
            world.chat("hello", true);
            assertEquals(AccountState.LIMITED, world.gateway.statuses().get(0).state());
            String first = world.cookies().split(",", 2)[0];
            world.values.put(
                    "QWEN_COOKIES",
                    first + ","
                            + world.fake.accounts().cookie(world.fake.accounts().newUser()));
            world.save();
            assertTrue(world.gateway.reload().isChanged());
            assertEquals(AccountState.LIMITED, world.gateway.statuses().get(0).state());
            assertEquals(AccountState.ACTIVE, world.gateway.statuses().get(1).state());
        }
    }

    @Test
    void what_could_not_be_read_at_the_start_comes_back_by_itself() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String added = world.fake.accounts().cookie(world.fake.accounts().newUser());
            String body = "{\"num\":\"5\",\"cookie\":\"" + added + "\"}";
            assertEquals(200, world.post("/api/addAccount", body).status);
            world.gateway.close();
            try (Gateway next = world.another()) {
                try (Connection other =
                                DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/qwen2api.db"));
                        Statement statement = other.createStatement()) {
                    statement.execute("PRAGMA locking_mode = EXCLUSIVE");
                    statement.execute("BEGIN EXCLUSIVE");
                    next.start();
                    assertEquals(1, next.statuses().size());
                }
                Eventually.holds("the second account", () -> next.statuses().size() == 2);
            }
        }
    }

    @Test
    void a_benched_account_is_still_benched_after_a_restart() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.faults().add(Refusals.rateLimited(4).once());
            world.chat("hello", true);
            world.gateway.close();
            try (Gateway next = world.another()) {
                next.start();
                AccountStatus status = next.statuses().get(0);
                assertEquals(AccountState.LIMITED, status.state());
            }
        }
    }

    @Test
    void a_thousand_reloads_under_load_fail_no_request_and_lose_or_double_no_account() throws Exception {
        try (World world = new World(folder, 4, PATIENT)) {
            var cookies = new ArrayList<>(List.of(world.cookies().split(",", -1)));
            for (int i = 0; i < 8; i++) {
                cookies.add(world.fake.accounts().cookie(world.fake.accounts().newUser()));
            }
            var failures = new ConcurrentLinkedQueue<String>();
            var running = new AtomicBoolean(true);
            ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
            var clients = new ArrayList<Future<Integer>>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(pool.submit(() -> client(world, running, failures)));
            }
            var random = new Random(42);
            for (int i = 0; i < RELOADS; i++) {
                int count = 2 + random.nextInt(cookies.size() - 1);
                var chosen = new ArrayList<>(cookies);
                java.util.Collections.shuffle(chosen, random);
                world.values.put("QWEN_COOKIES", String.join(",", chosen.subList(0, count)));
                world.save();
                world.gateway.reload();
                List<String> now = accounts(world);
                assertEquals(count, now.size(), now.toString());
                assertEquals(count, List.copyOf(new java.util.TreeSet<>(now)).size(), now.toString());
            }
            running.set(false);
            int answered = 0;
            for (Future<Integer> client : clients) {
                answered += client.get();
            }
            pool.shutdown();
            assertEquals(List.of(), List.copyOf(failures));
            assertTrue(answered >= CLIENTS, "answered " + answered);
        }
    }

    private static int client(World world, AtomicBoolean running, ConcurrentLinkedQueue<String> failures) {
        int answered = 0;
        do {
            try {
                World.Reply reply = world.chat("echo: well", true);
                if (reply.status != 200
                        || !reply.isDone()
                        || !reply.text().strip().equals("well")) {
                    failures.add(reply.toString());
                }
                answered++;
            } catch (Exception broken) {
                failures.add(broken.toString());
            }
        } while (running.get() && failures.isEmpty());
        return answered;
    }
}
