package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients without a key keep nobody out. */
@Timeout(60)
class StrangersTest {

    private static final HttpLimits FEW =
            new HttpLimits(64 * 1024, 4, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(5));
    private static final int MANY = 300;

    @Test
    void slow_bodies_without_a_key_keep_neither_clients_nor_probes_out() throws Exception {
        slow("POST /verify HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n{");
    }

    @Test
    void unread_bodies_with_a_wrong_key_keep_neither_clients_nor_probes_out() throws Exception {
        slow("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n{");
    }

    private static void slow(String beginning) throws Exception {
        var strangers = new ArrayList<RawClient>();
        try (var server = new TestServer((conversation, sink) -> Gate.say(sink, true, "served"), FEW);
                var client = server.client()) {
            for (int i = 0; i < MANY; i++) {
                strangers.add(server.client().send(beginning));
            }
            long began = System.nanoTime();
            RawClient.Answer answer = client.chat("{\"model\":\"m\"}").answer();
            assertEquals(200, answer.status(), answer.body());
            assertEquals(
                    404,
                    client.send("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n")
                            .answer()
                            .status());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            assertTrue(millis < 4000, millis + " ms");
        } finally {
            for (RawClient each : strangers) {
                each.close();
            }
        }
    }

    @Test
    void a_stranger_has_a_few_seconds_for_its_body() throws IOException {
        try (var server = new TestServer((conversation, sink) -> {}, FEW);
                var client = server.client()) {
            client.send("POST /verify HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n{");
            long began = System.nanoTime();
            assertEquals(408, client.answer().status());
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            assertTrue(seconds < 20, seconds + " s");
        }
    }

    @Test
    void wrong_keys_are_slowed_down_and_right_ones_of_a_proxy_are_not() throws IOException {
        try (var server = new TestServer((conversation, sink) -> Gate.say(sink, true, "served"), FEW);
                var client = server.client()) {
            RawClient.Answer last = null;
            for (int i = 0; i < WrongKeys.BURST + 20; i++) {
                last = client.send("GET /v1/models HTTP/1.1\r\nHost: test\r\nx-api-key: wrong\r\n\r\n")
                        .answer();
            }
            assertEquals(429, last.status());
            assertEquals("5", last.header("retry-after"));
            assertEquals(200, client.chat("{\"model\":\"m\"}").answer().status());
        }
    }

    @Test
    void a_right_guess_among_wrong_ones_is_refused_like_them() {
        var now = new AtomicLong();
        var wrong = new WrongKeys(now::get);
        for (int i = 0; i < WrongKeys.BURST; i++) {
            assertTrue(wrong.takes("192.0.2.1"));
        }
        assertFalse(wrong.takes("192.0.2.1"));
        assertFalse(wrong.passes("192.0.2.1"));
        assertTrue(wrong.passes("192.0.2.2"));
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertTrue(wrong.takes("192.0.2.1"));
        assertFalse(wrong.takes("192.0.2.1"));
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        assertTrue(wrong.passes("192.0.2.1"));
        for (int i = 0; i < WrongKeys.BURST; i++) {
            wrong.takes("192.0.2.1");
        }
        assertTrue(wrong.passes("192.0.2.1"), "a right key came from there before");
    }

    @Test
    void the_addresses_of_one_network_count_as_one() {
        assertEquals(WrongKeys.network("2001:db8::1"), WrongKeys.network("[2001:db8:0:0:ffff::2]"));
        assertFalse(WrongKeys.network("2001:db8::1").equals(WrongKeys.network("2001:db8:1::1")));
        assertEquals("192.0.2.1", WrongKeys.network("192.0.2.1"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "::1, true",
        "10.0.0.1, true",
        "192.168.1.1, true",
        "172.31.0.1, true",
        "169.254.0.1, true",
        "100.64.0.1, true",
        "100.127.255.254, true",
        "[fd00::1], true",
        "fc00::1, true",
        "fe80::1, true",
        "fe80::1%eth0, true",
        "[fe80::1%2], true",
        "100.63.255.255, false",
        "100.128.0.1, false",
        "172.32.0.1, false",
        "192.0.2.1, false",
        "2001:db8::1, false",
        "fb00::1, false",
        "proxy.example, false",
    })
    void wrong_keys_from_a_private_address_do_not_lock_right_ones_out(String address, boolean passes) {
        var wrong = new WrongKeys(() -> 0);
        for (int i = 0; i < WrongKeys.BURST; i++) {
            wrong.takes(address);
        }
        assertFalse(wrong.takes(address));
        assertEquals(passes, wrong.passes(address));
    }
}
