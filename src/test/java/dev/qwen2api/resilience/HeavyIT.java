package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.Eventually;
import dev.qwen2api.World;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are larger than the heap. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HeavyIT {

    private static final int FILES = 8;
    private static final int MEGABYTES = 50;
    private static final byte[] PNG_MARK = "\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void eight_files_of_fifty_megabytes_go_up_at_once_through_a_small_heap() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(FILES);
        Map<String, String> changes = Map.of("ALLOW_PRIVATE_URLS", "true", "ACCOUNT_MAX_CONCURRENT", "0");
        try (ServerSocket site = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                JarUnderTest jarUnderTest = new JarUnderTest(folder, 2, changes, "-Xmx96m")) {
            var host = new Thread(() -> host(site), "site");
            host.setDaemon(true);
            host.start();
            var running = new ArrayList<Future<World.Reply>>();
            for (int i = 0; i < FILES; i++) {
                String url = "http://127.0.0.1:" + site.getLocalPort() + "/" + i;
                running.add(clients.submit(() -> ask(jarUnderTest, url)));
            }
            for (Future<World.Reply> each : running) {
                World.Reply reply = each.get(3, TimeUnit.MINUTES);
                assertEquals(200, reply.status, reply + "\n" + jarUnderTest.tail());
            }
            assertEquals(FILES, jarUnderTest.fake.uploads().files().size());
            jarUnderTest.fake.uploads().files().forEach(file -> assertEquals(MEGABYTES << 20, file.bytes().length));
            assertTrue(
                    jarUnderTest.jar.log().stream().noneMatch(line -> line.contains("OutOfMemory")),
                    jarUnderTest.tail());
            Eventually.empty(folder.resolve("data/attachments"));
            jarUnderTest.assertServes();
        } finally {
            clients.shutdownNow();
        }
    }

    /**
     * Such a body is in memory as text. There is no room for all at once; then that is said, and nobody runs out of
     * memory.
     */
    @Test
    void pictures_written_into_many_requests_at_once_are_answered_or_told_to_come_again() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(FILES);
        try (JarUnderTest jarUnderTest =
                new JarUnderTest(folder, 2, Map.of("ACCOUNT_MAX_CONCURRENT", "0"), "-Xmx96m")) {
            String uri = picture(9);
            var running = new ArrayList<Future<World.Reply>>();
            for (int i = 0; i < FILES; i++) {
                running.add(clients.submit(() -> ask(jarUnderTest, "image_url", uri)));
            }
            int answered = 0;
            for (Future<World.Reply> each : running) {
                World.Reply reply = each.get(3, TimeUnit.MINUTES);
                boolean shed =
                        reply.status == 503 && reply.header("Retry-After").equals("2");
                assertTrue(shed || reply.status == 200, reply + "\n" + jarUnderTest.tail());
                answered += shed ? 0 : 1;
            }
            assertTrue(answered > 0, jarUnderTest.tail());
            assertEquals(200, ask(jarUnderTest, "image_url", uri).status, "alone, it has all the room");
            World.Reply never = ask(jarUnderTest, "image_url", picture(19));
            assertEquals(413, never.status, never.toString());
            assertTrue(
                    jarUnderTest.jar.log().stream().noneMatch(line -> line.contains("OutOfMemory")),
                    jarUnderTest.tail());
            jarUnderTest.assertServes();
        } finally {
            clients.shutdownNow();
        }
    }

    /** As coding agents send them: none is large, all together are more than the heap. */
    @Test
    void a_crowd_of_bodies_just_under_a_megabyte_is_answered_or_told_to_come_again() throws Exception {
        int many = Scale.of(150, 400);
        ExecutorService clients = Executors.newFixedThreadPool(many);
        try (JarUnderTest jarUnderTest =
                new JarUnderTest(folder, 2, Map.of("ACCOUNT_MAX_CONCURRENT", "0"), "-Xmx96m")) {
            String conversation = conversation();
            var running = new ArrayList<Future<World.Reply>>();
            for (int i = 0; i < many; i++) {
                running.add(clients.submit(() -> send(jarUnderTest, conversation)));
            }
            int answered = 0;
            for (Future<World.Reply> each : running) {
                World.Reply reply = each.get(3, TimeUnit.MINUTES);
                assertTrue(reply.status == 200 || reply.status == 503, reply.status + "\n" + jarUnderTest.tail());
                answered += reply.status == 200 ? 1 : 0;
            }
            assertTrue(answered > 0, jarUnderTest.tail());
            assertTrue(
                    jarUnderTest.jar.log().stream().noneMatch(line -> line.contains("OutOfMemory")),
                    jarUnderTest.tail());
            jarUnderTest.assertServes();
        } finally {
            clients.shutdownNow();
        }
    }

    /** A history of 990 kilobytes before a short prompt. */
    private static String conversation() {
        String words = "word ".repeat(9_900);
        String turns = ("{\"role\":\"user\",\"content\":\"" + words + "\"},{\"role\":\"assistant\",\"content\":\""
                        + words + "\"},")
                .repeat(10);
        return "{\"model\":\"qwen-max\",\"messages\":[" + turns + "{\"role\":\"user\",\"content\":\"echo: heard\"}]}";
    }

    private static String picture(int megabytes) {
        byte[] picture = new byte[megabytes << 20];
        System.arraycopy(PNG_MARK, 0, picture, 0, PNG_MARK.length);
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
    }

    private static World.Reply ask(JarUnderTest jarUnderTest, String url) throws Exception {
        return ask(jarUnderTest, "video_url", url);
    }

    private static World.Reply ask(JarUnderTest jarUnderTest, String type, String url) throws Exception {
        String body =
                "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"echo: seen\"},"
                        + "{\"type\":\"" + type + "\",\"" + type + "\":{\"url\":\"" + url + "\"}}]}]}";
        return send(jarUnderTest, body);
    }

    private static World.Reply send(JarUnderTest jarUnderTest, String body) throws Exception {
        return jarUnderTest.send(jarUnderTest
                .request("/v1/chat/completions")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private static void host(ServerSocket site) {
        while (!site.isClosed()) {
            try {
                Socket guest = site.accept();
                var one = new Thread(() -> send(guest), "site");
                one.setDaemon(true);
                one.start();
            } catch (IOException over) {
                return;
            }
        }
    }

    /** A clip by its first bytes; the number in its address makes it one of its own. */
    private static void send(Socket guest) {
        try (guest) {
            byte[] head = new byte[4096];
            int length = guest.getInputStream().read(head);
            String path = new String(head, 0, length, StandardCharsets.US_ASCII).split(" ")[1];
            byte[] piece = new byte[1 << 20];
            byte[] mark = ("\0\0\0\u0018ftypisom" + path).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(mark, 0, piece, 0, mark.length);
            OutputStream out = guest.getOutputStream();
            out.write(
                    ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + ((long) MEGABYTES << 20) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < MEGABYTES; i++) {
                out.write(piece);
            }
        } catch (IOException gone) {
            // Nobody wants it any more.
        }
    }
}
