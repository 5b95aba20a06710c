package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import dev.qwen2api.fakeqwen.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies with {@code Content-Encoding}, over real sockets. */
@Timeout(90)
class CompressedBodyTest {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** 64 MB of blanks. */
    private static final String BROTLI_BOMB = "y///P/glQOKxQCD3/o///3/wSwDEYRGA7v0f////4JcAiMMCAN37P/7//8EvARCHBQC6"
            + "93/8//+DXwIgDgsAdO//+P//B78EQBwWAOje//H//w9+CYA4LADQvf/L//8//BIAcVgAoHv/Bw==";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static byte[] packed(String form, byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        if (form.equals("br")) {
            return stored(plain);
        }
        try (OutputStream out = switch (form) {
            case "gzip" -> new GZIPOutputStream(bytes);
            case "zlib" -> new DeflaterOutputStream(bytes);
            case "bare" -> new DeflaterOutputStream(bytes, new Deflater(9, true));
            default -> new ZstdOutputStream(bytes);
        }) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    /** A Brotli stream of one uncompressed block, at most 64 KB. */
    private static byte[] stored(byte[] plain) {
        int head = (plain.length - 1) << 4 | 1 << 20;
        var bytes = new ByteArrayOutputStream();
        bytes.write(head);
        bytes.write(head >> 8);
        bytes.write(head >> 16);
        bytes.writeBytes(plain);
        bytes.write(3);
        return bytes.toByteArray();
    }

    private static World.Reply send(World world, String path, String encoding, String key, byte[] body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(world.uri(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return new World.Reply(HTTP.send(request, BodyHandlers.ofString()));
    }

    private static byte[] question(String words) {
        return World.body(words, false).getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"gzip,gzip", "x-gzip,gzip", "deflate,zlib", "deflate,bare", "br,br", "zstd,zstd", "ZSTD,zstd"})
    void a_compressed_body_is_unpacked(String encoding, String form) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.script().otherwise(Answer.text("ok"));
            String words = "你好 " + "word ".repeat(2000);
            World.Reply reply = send(world, "/v1/chat/completions", encoding, World.KEY, packed(form, question(words)));
            assertEquals(200, reply.status, reply.toString());
            String seen = world.fake
                    .recorder()
                    .awaitCompletion(1, Duration.ofSeconds(10))
                    .prompt()
                    .text();
            assertTrue(seen.contains(words.strip()), "the whole text arrives");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
    void a_broken_body_is_the_clients_mistake(String encoding) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            byte[] whole = packed(encoding.equals("deflate") ? "zlib" : encoding, question("word ".repeat(500)));
            byte[] cut = java.util.Arrays.copyOf(whole, whole.length / 2);
            for (byte[] body : new byte[][] {cut, question("plain"), {}}) {
                World.Reply reply = send(world, "/v1/chat/completions", encoding, World.KEY, body);
                assertEquals(400, reply.status, reply.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd"})
    void a_bomb_is_too_large_before_it_takes_memory(String encoding) throws Exception {
        try (World world = new World(folder, 1, Map.of("MAX_REQUEST_MB", "4"))) {
            byte[] plain = new byte[64 << 20];
            java.util.Arrays.fill(plain, (byte) ' ');
            byte[] bomb = encoding.equals("br")
                    ? Base64.getDecoder().decode(BROTLI_BOMB)
                    : packed(encoding.equals("deflate") ? "zlib" : encoding, plain);
            assertTrue(bomb.length < 1 << 20);
            World.Reply reply = send(world, "/v1/chat/completions", encoding, World.KEY, bomb);
            assertEquals(413, reply.status, reply.toString());
        }
    }

    @Test
    void an_unknown_encoding_is_refused_by_its_status() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = send(world, "/v1/messages", "compress", World.KEY, question("a"));
            assertEquals(415, reply.status, reply.toString());
        }
    }

    @Test
    void nothing_is_unpacked_without_a_key() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            byte[] broken = {1, 2, 3};
            assertEquals(401, send(world, "/v1/chat/completions", "zstd", "sk-wrong", broken).status);
            assertEquals(415, send(world, "/verify", "gzip", "sk-wrong", broken).status);
        }
    }
}
