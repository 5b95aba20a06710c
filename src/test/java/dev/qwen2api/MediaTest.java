package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Endpoint;
import dev.qwen2api.fakeqwen.Refusals;
import dev.qwen2api.fakeqwen.Reply;
import dev.qwen2api.fakeqwen.StoredFile;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures, files and long conversations on their way to the upstream. */
@Timeout(60)
class MediaTest {

    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    private static final byte[] PNG_BYTES = Base64.getDecoder().decode(PNG);
    private static final Map<String, String> AT_HOME = Map.of("ALLOW_PRIVATE_URLS", "true");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static String picture(String url) {
        return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + url + "\"}}";
    }

    private static String dataUri() {
        return "data:image/png;base64," + PNG;
    }

    private static String body(String... parts) {
        return "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"echo: seen\"},"
                + String.join(",", parts) + "]}]}";
    }

    private static World.Reply ask(World world, String... parts) throws Exception {
        return world.post("/v1/chat/completions", body(parts));
    }

    private static JsonNode files(World world) {
        return world.fake
                .recorder()
                .last(Endpoint.COMPLETIONS)
                .orElseThrow()
                .json()
                .path("messages")
                .path(0)
                .path("files");
    }

    /** Nothing went up, and nothing is left on the disk. */
    private void assertNothingLeft(World world) throws Exception {
        assertEquals(List.of(), world.fake.uploads().files());
        Path spools = folder.resolve("data/attachments");
        if (Files.isDirectory(spools)) {
            Eventually.empty(spools);
        }
    }

    @Test
    void a_picture_goes_up_byte_for_byte_and_along_with_the_words() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply reply = ask(world, picture(dataUri()));
            assertEquals(200, reply.status, reply.toString());
            StoredFile file = world.fake.uploads().files().get(0);
            assertArrayEquals(PNG_BYTES, file.bytes());
            JsonNode element = files(world).path(0);
            assertEquals(file.id(), element.path("id").asText());
            assertEquals("image", element.path("type").asText());
            assertEquals("image/png", element.path("file_type").asText());
            assertEquals(PNG_BYTES.length, element.path("size").asInt());
            assertTrue(element.path("url").asText().contains("x-oss-signature="), element.toString());
        }
    }

    @Test
    void the_same_bytes_go_up_once_for_an_account_also_over_a_restart() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            ask(world, picture(dataUri()));
            ask(world, picture(dataUri()));
            assertEquals(1, world.fake.uploads().files().size());
            world.gateway.close();
            try (Gateway next = world.another()) {
                next.start();
                assertEquals(200, world.post(next, "/v1/chat/completions", body(picture(dataUri()))).status);
            }
            assertEquals(1, world.fake.uploads().files().size());
        }
    }

    @Test
    void every_account_gets_its_own() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            ask(world, picture(dataUri()));
            ask(world, picture(dataUri()));
            assertEquals(
                    2,
                    world.fake.uploads().files().stream()
                            .map(StoredFile::owner)
                            .distinct()
                            .count());
        }
    }

    @Test
    void an_account_whose_upload_is_refused_is_replaced_before_the_client_notices() throws Exception {
        try (World world = new World(folder, 2, Map.of())) {
            world.fake.faults().add(Refusals.rateLimited(5).on(Endpoint.STS_V2).forAccount(world.user(1)));
            World.Reply reply = ask(world, picture(dataUri()));
            assertEquals(200, reply.status, reply.toString());
            assertEquals(world.user(2), world.fake.uploads().files().get(0).owner());
        }
    }

    /** A ticket could lead a client's file anywhere, into the owner's own network too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/x?a=1",
                "https://169.254.169.254/x",
                "https://aliyuncs.com.example.org/x",
                "https://user@bucket.oss.aliyuncs.com/x",
                "http://bucket.oss-ap-southeast-1.aliyuncs.com/x",
                "https://bucket.oss.aliyuncs.com:8443/x",
                "https://[::1/x",
                "http",
            })
    void a_ticket_for_another_place_is_not_followed_and_no_account_pays(String address) throws Exception {
        try (World world = new World(folder, 1, Map.of());
                var elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            elsewhere.setSoTimeout(300);
            String ticket = "{\"success\":true,\"data\":{\"file_id\":\"f\",\"access_key_id\":\"i\","
                    + "\"access_key_secret\":\"s\",\"security_token\":\"t\",\"bucketname\":\"b\",\"file_url\":\""
                    + address.replace("%d", Integer.toString(elsewhere.getLocalPort())) + "\"}}";
            world.fake
                    .faults()
                    .add(Refusals.reply(Reply.json(ticket.getBytes(StandardCharsets.UTF_8)))
                            .on(Endpoint.STS_V2));
            World.Reply reply = ask(world, picture(dataUri()));
            assertEquals(502, reply.status, reply.toString());
            assertThrows(SocketTimeoutException.class, elsewhere::accept);
            assertEquals(200, world.chat("hi", false).status, "no account rests");
        }
    }

    @Test
    void a_document_is_parsed_before_it_is_asked_about() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String text = Base64.getEncoder().encodeToString("# Title\n\nwords".getBytes(StandardCharsets.UTF_8));
            World.Reply reply = ask(
                    world, "{\"type\":\"file\",\"file\":{\"filename\":\"notes.md\",\"file_data\":\"" + text + "\"}}");
            assertEquals(200, reply.status, reply.toString());
            assertEquals(
                    StoredFile.Parse.SUCCESS,
                    world.fake.uploads().files().get(0).parse());
            JsonNode element = files(world).path(0);
            assertEquals("notes.md", element.path("name").asText());
            assertEquals("document", element.path("file_class").asText());
            assertEquals(
                    "success",
                    element.path("file")
                            .path("meta")
                            .path("parse_meta")
                            .path("parse_status")
                            .asText());
        }
    }

    @Test
    void the_other_dialects_send_pictures_too() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            World.Reply anthropic = world.post(
                    "/v1/messages",
                    "{\"model\":\"qwen-max\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":"
                            + "{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"" + PNG
                            + "\"}},{\"type\":\"text\",\"text\":\"echo: seen\"}]}]}");
            assertEquals(200, anthropic.status, anthropic.toString());
            assertEquals(1, files(world).size());
            World.Reply responses = world.post(
                    "/v1/responses",
                    "{\"model\":\"qwen-max\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\""
                            + dataUri() + "\"},{\"type\":\"input_text\",\"text\":\"echo: seen\"}]}]}");
            assertEquals(200, responses.status, responses.toString());
            assertEquals(1, files(world).size());
            assertEquals(1, world.fake.uploads().files().size(), "the same bytes, once");
        }
    }

    @Test
    void a_picture_behind_an_address_is_fetched_also_through_a_redirect() throws Exception {
        try (World world = new World(folder, 1, AT_HOME);
                Site site = new Site()) {
            World.Reply reply = ask(world, picture(site.url("/moved")));
            assertEquals(200, reply.status, reply.toString());
            assertArrayEquals(PNG_BYTES, world.fake.uploads().files().get(0).bytes());
        }
    }

    @Test
    void a_client_is_kept_alive_while_its_picture_is_slow_to_come() throws Exception {
        try (World world = new World(folder, 1, Map.of("ALLOW_PRIVATE_URLS", "true", "HEARTBEAT_SECONDS", "1"));
                Site site = new Site()) {
            String body = body(picture(site.url("/slow"))).replaceFirst("\\{", "{\"stream\":true,");
            World.Reply reply = world.post("/v1/chat/completions", body);
            assertEquals(200, reply.status, reply.toString());
            assertTrue(
                    reply.body.indexOf("\"delta\":{\"role\":\"assistant\"}") < reply.body.indexOf("seen"),
                    reply.toString());
            assertEquals("seen", reply.text().strip(), reply.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/missing, 404",
        "/endless, larger than",
        "/text, not a picture",
        "/loop, redirected too often",
        "/break, connection failed",
    })
    void what_cannot_be_taken_from_an_address_is_a_400_that_names_the_part(String path, String why) throws Exception {
        try (World world = new World(folder, 1, AT_HOME);
                Site site = new Site()) {
            assertRefused(world, ask(world, picture(site.url(path))), 1, why);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:9/x",
        "http://localhost:9/x",
        "http://[::1]:9/x",
        "http://10.1.2.3/x",
        "http://169.254.169.254/latest/meta-data",
        "http://100.100.100.200/latest",
        "http://0.0.0.0/x",
        "http://[fd00::1]/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://2130706433/x",
        "https://user:pass@example.com/x",
        "http://168.63.129.16/metadata",
        "http://1.2.3.4:70000/x",
        "http://1.2.3.4:0/x",
    })
    void an_address_that_is_not_public_is_not_asked(String url) throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            assertRefused(world, ask(world, picture(url)), 1, "leads to a");
        }
    }

    @Test
    void bad_bytes_are_a_400_that_names_the_part() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String text = Base64.getEncoder().encodeToString("just words".getBytes(StandardCharsets.UTF_8));
            assertRefused(world, ask(world, picture("data:image/png;base64,@@@@")), 1, "base64");
            assertRefused(world, ask(world, picture("data:image/png;base64," + text)), 1, "not a picture");
            assertRefused(world, ask(world, picture("data:image/png,plain")), 1, "data URI");
            assertRefused(
                    world,
                    ask(
                            world,
                            "{\"type\":\"file\",\"file\":{\"filename\":\"a.exe\",\"file_data\":\"TVqQAAMAAAAEAAAA\"}}"),
                    1,
                    "cannot read");
            assertRefused(
                    world,
                    ask(
                            world,
                            "{\"type\":\"file\",\"file\":{\"filename\":\"photo.png\",\"file_data\":\"" + text + "\"}}"),
                    1,
                    "photo.png");
            String six = IntStream.range(0, 6).mapToObj(i -> picture(dataUri())).collect(Collectors.joining(","));
            assertRefused(world, ask(world, six), 6, "too many");
        }
    }

    private void assertRefused(World world, World.Reply reply, int part, String why) throws Exception {
        assertEquals(400, reply.status, reply.toString());
        JsonNode error = reply.json().path("error");
        assertTrue(error.path("param").asText().startsWith("messages[0].content[" + part + "]"), reply.toString());
        assertTrue(error.path("message").asText().contains(why), reply.toString());
        assertNothingLeft(world);
    }

    @Test
    void of_many_pictures_in_a_long_conversation_the_newest_go_along() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String turns = IntStream.range(0, 4)
                    .mapToObj(i -> "{\"role\":\"user\",\"content\":[" + picture(dataUri()) + "," + picture(dataUri())
                            + ",{\"type\":\"text\",\"text\":\"echo: seen\"}]}")
                    .collect(Collectors.joining(",{\"role\":\"assistant\",\"content\":\"ok\"},"));
            World.Reply reply =
                    world.post("/v1/chat/completions", "{\"model\":\"qwen-max\",\"messages\":[" + turns + "]}");
            assertEquals(200, reply.status, reply.toString());
            assertEquals(5, files(world).size());
            assertEquals("3 attachments", reply.header("X-Qwen2API-Shortened"));
        }
    }

    @Test
    void a_conversation_that_is_too_long_goes_up_as_a_document_with_its_newest_turns_in_the_message() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            String old = "once upon a time ".repeat(6_000);
            World.Reply reply = world.post(
                    "/v1/chat/completions",
                    "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\""
                            + old
                            + "\"},{\"role\":\"assistant\",\"content\":\"ok\"},{\"role\":\"user\",\"content\":\"and then?\"}]}");
            assertEquals(200, reply.status, reply.toString());
            String message = world.fake
                    .recorder()
                    .last(Endpoint.COMPLETIONS)
                    .orElseThrow()
                    .json()
                    .path("messages")
                    .path(0)
                    .path("content")
                    .asText();
            assertTrue(message.length() < 60_000 && message.contains("and then?"), message);
            StoredFile document = world.fake.uploads().files().get(0);
            String text = new String(document.bytes(), StandardCharsets.UTF_8);
            assertTrue(text.contains(old), "the beginning is in the document");
            assertTrue(message.contains("Be brief."), "the system text is in the message");
            assertFalse(text.contains("and then?"), "the end is not");
            assertEquals(StoredFile.Parse.SUCCESS, document.parse());
        }
    }

    /** A host on the internet, with everything that can be there. */
    private static final class Site implements AutoCloseable {

        /** Longer than the shortest heartbeat that can be set. */
        private static final Duration SLOW = Duration.ofMillis(1500);

        private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Site() throws IOException {
            var thread = new Thread(this::serve, "site");
            thread.setDaemon(true);
            thread.start();
        }

        String url(String path) {
            return "http://127.0.0.1:" + door.getLocalPort() + path;
        }

        private void serve() {
            while (!door.isClosed()) {
                try (Socket guest = door.accept()) {
                    byte[] head = new byte[4096];
                    int length = guest.getInputStream().read(head);
                    String path = new String(head, 0, Math.max(0, length), StandardCharsets.US_ASCII).split(" ")[1];
                    answer(path, guest.getOutputStream());
                } catch (IOException gone) {
                    // The next one is served.
                }
            }
        }

        private void answer(String path, OutputStream out) throws IOException {
            switch (path) {
                case "/moved" -> out.write(head("302 Found", "Location: /picture.png\r\nContent-Length: 0\r\n"));
                case "/loop" -> out.write(head("302 Found", "Location: /loop\r\nContent-Length: 0\r\n"));
                case "/missing" -> out.write(head("404 Not Found", "Content-Length: 0\r\n"));
                case "/break" -> {}
                case "/slow" -> {
                    LockSupport.parkNanos(SLOW.toNanos());
                    answer("/picture.png", out);
                }
                case "/text" -> {
                    out.write(head("200 OK", "Content-Type: image/png\r\nContent-Length: 5\r\n"));
                    out.write("words".getBytes(StandardCharsets.US_ASCII));
                }
                case "/endless" -> {
                    out.write(head("200 OK", "Content-Type: image/png\r\nContent-Length: 1073741824\r\n"));
                    byte[] piece = new byte[1 << 20];
                    System.arraycopy(PNG_BYTES, 0, piece, 0, PNG_BYTES.length);
                    for (int i = 0; i < 1024; i++) {
                        out.write(piece);
                    }
                }
                default -> {
                    out.write(head("200 OK", "Content-Length: " + PNG_BYTES.length + "\r\n"));
                    out.write(PNG_BYTES);
                }
            }
        }

        private static byte[] head(String status, String headers) {
            return ("HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }
}
