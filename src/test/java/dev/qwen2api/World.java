package dev.qwen2api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.SettingsParser;
import dev.qwen2api.config.SettingsParser.Accepted;
import dev.qwen2api.fakeqwen.FakeQwen;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A whole gateway in front of a stand-in, over real sockets, as a client meets it. */
public final class World implements AutoCloseable {

    static final String KEY = "sk-world-0123456789";
    private static final JsonMapper JSON = new JsonMapper();

    /** After this an answer is taken for one that never comes: no busy machine needs so long. */
    private static final Duration HANGS = Duration.ofMinutes(2);

    public final FakeQwen fake = FakeQwen.start();
    final List<String> users = new ArrayList<>();
    Gateway gateway;
    final Map<String, String> values = new LinkedHashMap<>();
    private final Path env;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Time limits that a silent upstream exceeds soon, and a busy machine does not. */
    static final Map<String, String> IMPATIENT = Map.of("FIRST_BYTE_TIMEOUT_SECONDS", "3", "IDLE_TIMEOUT_SECONDS", "3");

    /** A world with so many accounts, all well; {@code settings} win over those that suit most tests. */
    public World(Path folder, int accounts, Map<String, String> settings) {
        var cookies = new ArrayList<String>();
        for (int i = 0; i < accounts; i++) {
            users.add(fake.accounts().newUser());
            cookies.add(fake.accounts().cookie(users.get(i)));
        }
        env = folder.resolve(".env");
        values.putAll(Map.of(
                "API_KEY",
                KEY,
                "LISTEN_ADDRESS",
                "127.0.0.1",
                "SERVICE_PORT",
                "0",
                "QWEN_COOKIES",
                String.join(",", cookies),
                "QWEN_CHAT_PROXY_URL",
                fake.baseUrl(),
                "QWEN_AUTH_PROXY_URL",
                fake.baseUrl(),
                "DATABASE_PATH",
                folder.resolve("data/qwen2api.db").toString(),
                "FIRST_BYTE_TIMEOUT_SECONDS",
                "20",
                "IDLE_TIMEOUT_SECONDS",
                "20",
                "SHUTDOWN_GRACE_SECONDS",
                "0"));
        values.put("QWEN_CLI_PROXY_URL", fake.baseUrl());
        values.putAll(settings);
        save();
        gateway = another();
        gateway.start();
    }

    /** What {@code QWEN_COOKIES} says. */
    String cookies() {
        return values.getOrDefault("QWEN_COOKIES", "");
    }

    /** Writes {@code values} into {@code .env}, in one step. */
    void save() {
        String text = values.entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"\n")
                .collect(Collectors.joining());
        try {
            Files.createDirectories(env.toAbsolutePath().getParent());
            Path fresh = Files.writeString(env.resolveSibling(".env.new"), text);
            Files.move(fresh, env, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** A further gateway with the same settings and the same data, as after a restart; not started yet. */
    Gateway another() {
        var source = new Gateway.Source(env, Map.of(), EnvFile.read(env));
        SettingsParser.Outcome outcome = SettingsParser.parse(values, Map.of());
        if (!(outcome instanceof Accepted accepted)) {
            throw new IllegalArgumentException(outcome.toString());
        }
        return new Gateway(accepted.settings(), source, changed -> {}, Clock.system(ZoneOffset.UTC));
    }

    /** Ends the gateway and starts another one with the same data. */
    void restart() {
        gateway.close();
        gateway = another();
        gateway.start();
    }

    String user(int account) {
        return users.get(account - 1);
    }

    public URI uri(String path) {
        return uri(gateway, path);
    }

    private static URI uri(Gateway gateway, String path) {
        return URI.create("http://127.0.0.1:" + gateway.port() + path);
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri)
                .timeout(HANGS)
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json");
    }

    public static String body(String prompt, boolean stream) {
        return JSON.createObjectNode()
                .put("model", "qwen-max")
                .put("stream", stream)
                .set(
                        "messages",
                        JSON.createArrayNode()
                                .add(JSON.createObjectNode().put("role", "user").put("content", prompt)))
                .toString();
    }

    Reply post(String path, String body) throws IOException, InterruptedException {
        return post(gateway, path, body);
    }

    Reply post(Gateway to, String path, String body) throws IOException, InterruptedException {
        HttpRequest request =
                request(uri(to, path)).POST(BodyPublishers.ofString(body)).build();
        return checked(path, http.send(request, BodyHandlers.ofString()));
    }

    /** A request in a dialect that is not OpenAI's. */
    Reply raw(String path, String body) throws IOException, InterruptedException {
        HttpRequest request =
                request(uri(path)).POST(BodyPublishers.ofString(body)).build();
        return new Reply(http.send(request, BodyHandlers.ofString()));
    }

    private static Reply checked(String path, HttpResponse<String> response) {
        var reply = new Reply(response);
        OpenAiContract.check(path, reply);
        return reply;
    }

    /** A request without a body, with a key of its own. */
    Reply send(String method, String path, String key) throws IOException, InterruptedException {
        HttpRequest request = request(uri(path))
                .setHeader("Authorization", "Bearer " + key)
                .method(method, BodyPublishers.noBody())
                .build();
        return checked(path, http.send(request, BodyHandlers.ofString()));
    }

    /** The head of what GET would answer. */
    Reply head(String path) throws IOException, InterruptedException {
        HttpRequest request =
                request(uri(path)).method("HEAD", BodyPublishers.noBody()).build();
        return new Reply(http.send(request, BodyHandlers.ofString()));
    }

    /** A request with a body, with a key of its own. */
    Reply post(String path, String body, String key) throws IOException, InterruptedException {
        HttpRequest request = request(uri(path))
                .setHeader("Authorization", "Bearer " + key)
                .POST(BodyPublishers.ofString(body))
                .build();
        return checked(path, http.send(request, BodyHandlers.ofString()));
    }

    /** A form with a prompt and one other part, whose length is not announced. */
    Reply form(String path, String disposition, byte[] part) throws IOException, InterruptedException {
        String start = "--cut\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nbluer\r\n"
                + "--cut\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n";
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(start.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(part);
        bytes.writeBytes("\r\n--cut--\r\n".getBytes(StandardCharsets.US_ASCII));
        HttpRequest request = request(uri(path))
                .setHeader("Content-Type", "multipart/form-data; boundary=cut")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes.toByteArray())))
                .build();
        return checked(path, http.send(request, BodyHandlers.ofString()));
    }

    Reply get(String path) throws IOException, InterruptedException {
        return get(gateway, path);
    }

    Reply get(Gateway from, String path) throws IOException, InterruptedException {
        return checked(path, http.send(request(uri(from, path)).build(), BodyHandlers.ofString()));
    }

    Reply chat(String prompt, boolean stream) throws IOException, InterruptedException {
        return post("/v1/chat/completions", body(prompt, stream));
    }

    @Override
    public void close() {
        gateway.close();
        fake.close();
    }

    /** An answer as a client reads it, streamed or not. */
    public static final class Reply {

        public final int status;
        public final String body;
        private final HttpResponse<String> response;

        public Reply(HttpResponse<String> response) {
            this.response = response;
            this.status = response.statusCode();
            this.body = response.body();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public JsonNode json() {
            return parse(body);
        }

        private static JsonNode parse(String text) {
            try {
                return JSON.readTree(text);
            } catch (IOException broken) {
                throw new AssertionError("no JSON: " + text, broken);
            }
        }

        /** The data of every event but {@code [DONE]}. */
        public List<JsonNode> events() {
            return body.lines()
                    .filter(line -> line.startsWith("data: {"))
                    .map(line -> parse(line.substring(6)))
                    .toList();
        }

        public boolean isDone() {
            return body.contains("data: [DONE]");
        }

        /** The words of the answer. */
        public String text() {
            if (!body.startsWith("data:") && !body.startsWith(":")) {
                return json().path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText("");
            }
            var text = new StringBuilder();
            events().forEach(event -> text.append(
                    event.path("choices").path(0).path("delta").path("content").asText("")));
            return text.toString();
        }

        /** The error's code, wherever it stands; empty where there is none. */
        public String errorCode() {
            JsonNode whole = body.startsWith("{") ? json() : JSON.missingNode();
            String code = whole.path("error").path("code").asText("");
            return code.isEmpty()
                    ? events().stream()
                            .map(event -> event.path("error").path("code").asText(""))
                            .filter(each -> !each.isEmpty())
                            .findFirst()
                            .orElse("")
                    : code;
        }

        @Override
        public String toString() {
            return status + " " + body;
        }
    }
}
