package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.JarProcess;
import dev.qwen2api.OpenAiContract;
import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.FakeQwenOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The jar as a process in front of a stand-in, and a client. Accounts are not benched for failures, so that one attack
 * does not hide the next. Safe for use by several threads.
 */
final class JarUnderTest implements AutoCloseable {

    static final String KEY = "sk-siege-0123456789";

    final FakeQwen fake =
            FakeQwen.start(FakeQwenOptions.standard().withRecordLimit(1000).withPort(0));
    final List<String> users = new ArrayList<>();
    final Path folder;
    final Map<String, String> settings = new LinkedHashMap<>();
    final JarProcess jar;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Lays siege to a jar with so many accounts; {@code changes} win over the usual settings. */
    JarUnderTest(Path folder, int accounts, Map<String, String> changes, String... jvm) throws IOException {
        this(folder, accounts, changes, Map.of(), jvm);
    }

    /** As above, with an environment for the process. */
    JarUnderTest(Path folder, int accounts, Map<String, String> changes, Map<String, String> environment, String... jvm)
            throws IOException {
        this.folder = folder;
        var cookies = new ArrayList<String>();
        for (int i = 0; i < accounts; i++) {
            users.add(fake.accounts().newUser());
            cookies.add(fake.accounts().cookie(users.get(i)));
        }
        settings.put("API_KEY", KEY);
        settings.put("QWEN_COOKIES", String.join(",", cookies));
        settings.put("QWEN_CHAT_PROXY_URL", fake.baseUrl());
        settings.put("QWEN_AUTH_PROXY_URL", fake.baseUrl());
        settings.put("ACCOUNT_MAX_FAILURES", "1000");
        settings.put("FIRST_BYTE_TIMEOUT_SECONDS", "10");
        settings.put("IDLE_TIMEOUT_SECONDS", "10");
        settings.put("SHUTDOWN_GRACE_SECONDS", "5");
        settings.putAll(changes);
        settings.put("SERVICE_PORT", "0");
        settings.put("LISTEN_ADDRESS", "127.0.0.1");
        jar = JarProcess.start(folder, settings, List.of(jvm), environment);
    }

    /** Writes the settings, as they are now, into {@code .env}. */
    void save() throws IOException {
        JarProcess.write(folder, settings);
    }

    int port() {
        return jar.at("/").getPort();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(jar.at(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json");
    }

    World.Reply send(HttpRequest request) throws IOException, InterruptedException {
        var reply = new World.Reply(http.send(request, BodyHandlers.ofString()));
        OpenAiContract.check(URI.create(request.uri().getPath()).getPath(), reply);
        return reply;
    }

    World.Reply chat(String prompt, boolean stream) throws IOException, InterruptedException {
        return send(request("/v1/chat/completions")
                .POST(BodyPublishers.ofString(World.body(prompt, stream)))
                .build());
    }

    /** The health of the accounts as the owner sees it. */
    JsonNode accounts() throws IOException, InterruptedException {
        return send(request("/api/accountsHealth").build()).json().path("data").path("accounts");
    }

    /** Takes every harm away and puts every account back into the ring. */
    void heal() throws IOException, InterruptedException {
        fake.faults().clear();
        for (int num = 1; num <= users.size(); num++) {
            World.Reply reset = send(request("/api/accounts/" + num + "/reset")
                    .POST(BodyPublishers.noBody())
                    .build());
            assertEquals(200, reset.status, reset.toString());
        }
    }

    /** The proof of life: an ordinary chat is answered in both forms. */
    void assertServes() throws IOException, InterruptedException {
        for (boolean stream : new boolean[] {true, false}) {
            World.Reply reply = chat("echo: alive", stream);
            assertEquals(200, reply.status, reply + "\n" + tail());
            assertEquals("alive", reply.text().strip(), reply.toString());
        }
    }

    /** What the heap holds after a collection. */
    long heapMegabytes() throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Long.toString(jar.handle().pid());
        Process collection = new ProcessBuilder(jcmd, pid, "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals(0, collection.waitFor(), "jcmd GC.run");
        String metrics = send(request("/metrics").build()).body;
        String used = "jvm_memory_used_bytes{area=\"heap\"} ";
        return metrics.lines()
                .filter(line -> line.startsWith(used))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(used.length())) >> 20)
                .sum();
    }

    /** The end of the log. */
    String tail() {
        List<String> log = jar.log();
        return String.join("\n", log.subList(Math.max(0, log.size() - 30), log.size()));
    }

    @Override
    public void close() {
        jar.close();
        fake.close();
    }
}
