package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.account.TestAccounts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the gateway without warning, again and again, while accounts are added and removed: the database opens every
 * time, and every change that was acknowledged is there. {@code -Dcrash.rounds=100} for the long form.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class CrashIT {

    private static final String KEY = "sk-crash-0123456789";
    private static final int ROUNDS = Integer.getInteger("crash.rounds", Boolean.getBoolean("survive") ? 100 : 6);
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
    private static final Instant NEXT_DECADE = Instant.parse("2036-01-01T00:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Random random = new Random(7);

    /** What was acknowledged: the number of each account that must be there. */
    private final TreeSet<Integer> acknowledged = new TreeSet<>();

    /** The one change that was sent but not answered when the process died: it may have happened or not. */
    private final TreeSet<Integer> unknown = new TreeSet<>();

    @Test
    void every_acknowledged_change_survives_being_killed() throws Exception {
        int changes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process process = start();
            try {
                int port = port(process);
                verify(accounts(port));
                changes += changeUntilKilled(process, port);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        assertTrue(changes > ROUNDS, "only " + changes + " changes were acknowledged");
    }

    private Process start() throws IOException {
        Path env = folder.resolve(".env");
        Files.writeString(env, """
                API_KEY="%s"
                LISTEN_ADDRESS=127.0.0.1
                SERVICE_PORT=0
                QWEN_CHAT_PROXY_URL=http://127.0.0.1:9
                DATABASE_PATH="%s"
                """.formatted(KEY, folder.resolve("data/qwen2api.db")));
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("jar", "target/qwen2api.jar"));
        Map<String, String> environment = builder.environment();
        environment.put("ENV_FILE", env.toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private int port(Process process) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            Matcher listening = LISTENING.matcher(Files.readString(folder.resolve("log")));
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
            TimeUnit.MILLISECONDS.sleep(30);
        }
        throw new AssertionError("did not start: " + Files.readString(folder.resolve("log")));
    }

    private HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + KEY);
    }

    private TreeSet<Integer> accounts(int port) throws Exception {
        HttpResponse<String> answer =
                http.send(request(port, "/api/accountsHealth").build(), BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        var numbers = new TreeSet<Integer>();
        for (JsonNode account :
                new JsonMapper().readTree(answer.body()).path("data").path("accounts")) {
            assertTrue(numbers.add(account.path("num").asInt()), "an account is doubled: " + answer.body());
        }
        return numbers;
    }

    private void verify(TreeSet<Integer> there) {
        var surely = new TreeSet<>(there);
        surely.removeAll(unknown);
        var expected = new TreeSet<>(acknowledged);
        expected.removeAll(unknown);
        assertEquals(expected, surely);
        acknowledged.clear();
        acknowledged.addAll(there);
        unknown.clear();
    }

    private int changeUntilKilled(Process process, int port) throws Exception {
        long killAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100 + random.nextInt(500));
        var killer = new Thread(() -> {
            long left = killAt - System.nanoTime();
            if (left > 0) {
                java.util.concurrent.locks.LockSupport.parkNanos(left);
            }
            process.destroyForcibly();
        });
        killer.start();
        int changes = 0;
        for (boolean alive = true; alive; changes += alive ? 1 : 0) {
            int num = 1 + random.nextInt(30);
            unknown.add(num);
            alive = acknowledged.contains(num) ? remove(port, num) : add(port, num);
        }
        killer.join();
        process.waitFor();
        return changes;
    }

    private boolean add(int port, int num) throws InterruptedException {
        String cookie = "token=" + TestAccounts.token("user-" + num, NEXT_DECADE);
        String body = "{\"num\":\"" + num + "\",\"cookie\":\"" + cookie + "\"}";
        return acknowledged(
                request(port, "/api/addAccount").POST(BodyPublishers.ofString(body)), () -> acknowledged.add(num), num);
    }

    private boolean remove(int port, int num) throws InterruptedException {
        return acknowledged(request(port, "/api/deleteAccount/" + num).DELETE(), () -> acknowledged.remove(num), num);
    }

    /** Sends a change; false when the process died before it answered. */
    private boolean acknowledged(HttpRequest.Builder request, Runnable note, int num) throws InterruptedException {
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            note.run();
            unknown.remove(num);
            return true;
        } catch (IOException died) {
            return false;
        }
    }
}
