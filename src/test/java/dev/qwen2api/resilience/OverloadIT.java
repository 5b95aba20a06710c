package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.Eventually;
import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that come in crowds, that dawdle, and that leave. The others stay served. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OverloadIT {

    private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer "
            + JarUnderTest.KEY + "\r\nContent-Type: application/json\r\n";

    private static final String BODY_TO_COME = "Content-Length: 5000\r\n\r\n{\"model\":";

    private final List<Socket> crowd = new ArrayList<>();
    private JarUnderTest jarUnderTest;

    @BeforeAll
    void begin(@TempDir Path folder) throws Exception {
        jarUnderTest = new JarUnderTest(
                folder,
                2,
                Map.of(
                        "ACCOUNT_MAX_CONCURRENT", "0",
                        "FIRST_BYTE_TIMEOUT_SECONDS", "120",
                        "IDLE_TIMEOUT_SECONDS", "120",
                        "MAX_CONCURRENT_REQUESTS", "2500"),
                Scale.of(0, 1) == 0 ? "-Xmx128m" : "-Xmx256m");
    }

    @AfterAll
    void end() {
        jarUnderTest.close();
    }

    @AfterEach
    void disperse() throws Exception {
        for (Socket socket : crowd) {
            socket.close();
        }
        crowd.clear();
        jarUnderTest.heal();
        awaitNobodyInside();
    }

    private Socket join() throws IOException {
        var socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), jarUnderTest.port()), 10_000);
        socket.setSoTimeout(20_000);
        crowd.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void chat(Socket socket, String prompt, boolean stream) throws IOException {
        String body = World.body(prompt, stream);
        send(socket, HEAD + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    /** Reads until the answer has said {@code text}. */
    private static void await(Socket socket, String text) throws IOException {
        var seen = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (seen.indexOf(text) < 0) {
            int next = in.read();
            assertTrue(next >= 0, "the connection ended after: " + seen);
            seen.append((char) next);
        }
    }

    private void awaitNobodyInside() throws Exception {
        Eventually.holds("the end of all requests", () -> inFlight() == 0);
    }

    private int inFlight() throws Exception {
        int all = 0;
        for (var account : jarUnderTest.accounts()) {
            all += account.path("inFlight").asInt();
        }
        return all;
    }

    @Test
    void connections_that_say_nothing_or_little_keep_nobody_out() throws Exception {
        for (int i = 0; i < Scale.of(300, 2_000); i++) {
            send(join(), i % 3 == 0 ? "" : i % 3 == 1 ? HEAD : HEAD + BODY_TO_COME);
        }
        jarUnderTest.assertServes();
        for (Socket socket : crowd) {
            send(socket, "x");
        }
        jarUnderTest.assertServes();
    }

    @Test
    void strangers_are_refused_before_they_have_said_what_they_want() throws Exception {
        Socket stranger = join();
        send(stranger, HEAD.replace(JarUnderTest.KEY, "sk-guessed") + BODY_TO_COME);
        stranger.setSoTimeout(5_000);
        String status = new String(stranger.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        assertEquals("HTTP/1.1 401", status);
    }

    @Test
    void a_flood_of_connections_leaves_nothing_behind() throws Exception {
        int before = descriptors();
        for (int i = 0; i < Scale.of(400, 20_000); i++) {
            Socket socket = join();
            if (i % 2 == 0) {
                send(socket, "GET /v1/mod");
            }
            if (i % 3 == 0) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
            crowd.clear();
        }
        jarUnderTest.assertServes();
        Eventually.holds("few descriptors, " + before + " before", () -> descriptors() <= before + 20);
    }

    private int descriptors() throws IOException {
        return Vitals.known() ? Vitals.of(jarUnderTest.jar.handle().pid()).descriptors() : 0;
    }

    @Test
    void idle_streams_are_held_or_turned_away_at_once_but_nobody_waits_for_them() throws Exception {
        jarUnderTest
                .fake
                .faults()
                .add(StreamFaults.stallAfterText(1).when(asked -> asked.text().contains("idle")));
        jarUnderTest.fake.script().whenAsked("idle", Answer.empty().chunks("one ", "two"));
        int held = 0;
        for (int i = 0; i < Scale.of(150, 2_000); i++) {
            Socket socket = join();
            chat(socket, "idle", true);
            held += holds(socket) ? 1 : 0;
        }
        assertEquals(crowd.size(), held, "streams that are held");
        jarUnderTest.assertServes();
    }

    /** Whether the stream began; otherwise it was refused in order. */
    private static boolean holds(Socket socket) throws IOException {
        byte[] status = socket.getInputStream().readNBytes(12);
        String line = new String(status, StandardCharsets.US_ASCII);
        assertTrue(line.equals("HTTP/1.1 200") || line.equals("HTTP/1.1 503"), line);
        return line.endsWith("200");
    }

    @Test
    void clients_that_have_nothing_more_to_say_leave_nothing_running() throws Exception {
        jarUnderTest.fake.script().whenAsked("halfway", endless());
        for (int i = 0; i < Scale.of(20, 200); i++) {
            Socket socket = join();
            chat(socket, "halfway", true);
            socket.shutdownOutput();
        }
        for (Socket socket : crowd) {
            awaitReaction(socket);
        }
        awaitNobodyInside();
        jarUnderTest.assertServes();
    }

    /** An answer that ends, in the time of a test, only because somebody ends it. */
    private static Answer endless() {
        String[] words = new String[1_000];
        Arrays.fill(words, "on ");
        return Answer.empty()
                .think("Hm", "m")
                .chunks(words)
                .delay(Duration.ofMillis(200))
                .delayPerChunk(Duration.ofMillis(200));
    }

    /**
     * Reads until it is certain that the request has come in: its answer begins, or the connection ends without one.
     */
    private static void awaitReaction(Socket socket) throws IOException {
        try {
            socket.getInputStream().read();
        } catch (SocketException reset) {
            // An end like any other.
        }
    }

    @Test
    void clients_that_leave_at_any_moment_leave_nothing_running() throws Exception {
        jarUnderTest.fake.script().whenAsked("slowly", endless());
        for (int round = 0; round < Scale.of(40, 600); round++) {
            Socket socket = join();
            chat(socket, "slowly", round % 4 != 0);
            TimeUnit.MILLISECONDS.sleep(round * 37 % 1500 / 4);
            socket.setSoLinger(true, round % 2 == 0 ? 0 : 5);
            socket.close();
        }
        awaitNobodyInside();
        for (String user : jarUnderTest.users) {
            assertTrue(
                    jarUnderTest.fake.recorder().awaitRunning(user, 0, Duration.ofSeconds(10)),
                    "an answer still runs upstream");
        }
        jarUnderTest.assertServes();
    }

    @Test
    void a_client_that_reads_nothing_costs_no_memory_and_delays_nobody() throws Exception {
        String much = "0123456789abcdef".repeat(4_096);
        String[] chunks = new String[Scale.of(400, 1_600)];
        Arrays.fill(chunks, much);
        jarUnderTest.fake.script().whenAsked("flood", Answer.empty().chunks(chunks));
        long before = residentMegabytes();
        for (int i = 0; i < 4; i++) {
            chat(join(), "flood", true);
        }
        await(crowd.get(0), "0123456789abcdef");
        for (int i = 0; i < 10; i++) {
            jarUnderTest.assertServes();
        }
        long after = residentMegabytes();
        assertTrue(after < before + 120, before + " MB before, " + after + " MB after");
    }

    private long residentMegabytes() throws IOException {
        return Vitals.known() ? Vitals.of(jarUnderTest.jar.handle().pid()).residentMegabytes() : 0;
    }
}
