package dev.qwen2api.resilience;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.luben.zstd.Zstd;
import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/** A client with a key of its own that tries everything at once. Its methods may be called by several threads. */
final class WorstClient {

    static final String KEY = "sk-worst-0123456789";

    /** What the stand-in answers with letters one by one, and what it answers without an end. */
    private static final String LETTERS = "letters";

    private static final String ENDLESS = "endless";

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final String HI = "{\"role\":\"user\",\"content\":\"hi\"}";
    private static final String TURNS = "{\"model\":\"qwen-max\",\"messages\":[";

    private final URI gateway;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Map<Integer, Integer>> outcomes = new TreeMap<>();
    private final Map<String, Attack> attacks = new LinkedHashMap<>();

    /** One piece of malice. */
    interface Attack {
        void go(Random random) throws Exception;
    }

    WorstClient(URI gateway) throws IOException {
        this.gateway = gateway;
        String objects = "[" + "{},".repeat(1_000_000) + "{}]";
        String calls = "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"\"}";
        byte[] text = chat("{\"role\":\"user\",\"content\":\"" + " ".repeat(40 << 20) + "\"}", "");
        byte[] tree = chat(HI, ",\"metadata\":[" + "{},".repeat(5_000_000) + "{}]");
        bodies("shapes", CHAT, "", chat(HI, ",\"metadata\":" + objects));
        bodies("messages", CHAT, "", chat(HI + ("," + HI).repeat(60_000), ""));
        bodies(
                "surrogates",
                CHAT,
                "",
                chat("{\"role\":\"user\",\"content\":\"" + "\\ud800".repeat(300_000) + "\"}", ""));
        bodies("nesting", CHAT, "", chat(HI, ",\"metadata\":" + "[".repeat(3_000_000)));
        bodies("calls", "/v1/responses", "", input(calls + ("," + calls).repeat(60_000)));
        bodies("empty", "/v1/responses", "", input(HI + ",{\"role\":\"user\",\"content\":\"\"}".repeat(60_000)));
        bodies("anthropic", "/v1/messages", "", chat(HI, ",\"max_tokens\":9,\"metadata\":" + objects));
        bodies("zstd", CHAT, "zstd", Zstd.compress(text, 1));
        bodies("zstd tree", CHAT, "zstd", Zstd.compress(tree, 1));
        bodies("gzip", CHAT, "gzip", gzip(text));
        String stop = "a".repeat(999);
        bodies(
                "stops",
                CHAT,
                "",
                chat(
                        "{\"role\":\"user\",\"content\":\"" + LETTERS + "\"}",
                        ",\"stream\":true,\"stop\":[\"%1$sb\",\"%1$sc\",\"%1$sd\",\"%1$se\"]".formatted(stop)));
        attacks.put("references", random -> references());
        attacks.put("slow", this::slow);
        attacks.put("streams", this::streams);
        attacks.put("forms", this::form);
    }

    /** Teaches the stand-in what the attacks ask for. */
    static void script(FakeQwen fake) {
        String[] letters = new String[20_000];
        Arrays.fill(letters, "a");
        String[] much = new String[60];
        Arrays.fill(much, "0123456789abcdef".repeat(4_096));
        fake.script().whenAsked(LETTERS, Answer.empty().chunks(letters));
        fake.script().whenAsked(ENDLESS, Answer.empty().chunks(much).delayPerChunk(Duration.ofMillis(200)));
    }

    Map<String, Attack> attacks() {
        return attacks;
    }

    /** How often each attack met each status; -1 is a connection that ended. */
    synchronized Map<String, Map<Integer, Integer>> outcomes() {
        return outcomes;
    }

    private synchronized void count(String attack, int status) {
        outcomes.computeIfAbsent(attack, unknown -> new TreeMap<>()).merge(status, 1, Integer::sum);
    }

    private void bodies(String name, String path, String encoding, byte[] body) {
        attacks.put(name, random -> post(name, path, encoding, body));
    }

    private static byte[] chat(String messages, String more) {
        return (TURNS + messages + "]" + more + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] input(String items) {
        return ("{\"model\":\"qwen-max\",\"input\":[" + items + "]}").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private String post(String name, String path, String encoding, byte[] body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(Duration.ofMinutes(3))
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        if (!encoding.isEmpty()) {
            request.header("Content-Encoding", encoding);
        }
        try {
            HttpResponse<String> reply = http.send(request.build(), BodyHandlers.ofString());
            count(name, reply.statusCode());
            return reply.body();
        } catch (IOException ended) {
            count(name, -1);
            return "{}";
        }
    }

    private void references() throws Exception {
        String id = JSON.readTree(post("references", "/v1/responses", "", input(HI)))
                .path("id")
                .asText();
        String item = "{\"id\":\"msg_" + id.replace("resp_", "");
        post("references", "/v1/responses", "", input(item + "_0\"}" + ("," + item + "_0\"}").repeat(50_000)));
        for (int i = 0; i < 5; i++) {
            String next = "{\"model\":\"qwen-max\",\"input\":\"" + "x".repeat(200_000)
                    + "\",\"previous_response_id\":\"" + id + "\"}";
            String reply = post("references", "/v1/responses", "", next.getBytes(StandardCharsets.UTF_8));
            id = JSON.readTree(reply).path("id").asText(id);
        }
    }

    private Socket open(String path, String headers) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.getPort());
        socket.setSoTimeout(20_000);
        write(
                socket,
                "POST " + path + " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + KEY + "\r\n" + headers
                        + "\r\n\r\n");
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Forty bodies byte by byte. */
    private void slow(Random random) throws Exception {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 40; i++) {
                sockets.add(open(CHAT, "Content-Length: " + (100_000 << random.nextInt(6))));
            }
            for (int i = 0; i < 20; i++) {
                for (Socket socket : sockets) {
                    write(socket, i == 0 ? TURNS : " ");
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
            count("slow", 0);
        } catch (IOException ended) {
            count("slow", -1);
        } finally {
            close(sockets);
        }
    }

    /** Forty streams without an end, of which nothing is read. */
    private void streams(Random random) throws Exception {
        var sockets = new ArrayList<Socket>();
        String body = World.body(ENDLESS, true);
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = open(CHAT, "Content-Length: " + body.length());
                sockets.add(socket);
                write(socket, body);
            }
            TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(4_000));
            count("streams", 0);
        } catch (IOException ended) {
            count("streams", -1);
        } finally {
            close(sockets);
        }
    }

    /** A form of endless fields, or of a file. */
    private void form(Random random) throws Exception {
        String field = "--cut\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n";
        String file = "--cut\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n";
        var sockets = new ArrayList<Socket>();
        try {
            Socket socket = open(
                    "/v1/images/edits",
                    "Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: "
                            + (100L << 20 >> random.nextInt(3)));
            sockets.add(socket);
            write(socket, random.nextBoolean() ? file : field);
            byte[] piece = new byte[1 << 20];
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < 30; i++) {
                out.write(piece);
            }
            count("forms", 0);
        } catch (IOException ended) {
            count("forms", -1);
        } finally {
            close(sockets);
        }
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
