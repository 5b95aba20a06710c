package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.ClosedPort;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways to the upstream that do not lead there. Editing {@code .env} to the right one mends it without a restart. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UnreachableUpstreamIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void an_upstream_that_refuses_connections_is_said_to() throws Exception {
        try (ClosedPort closed = new ClosedPort()) {
            assertToldThenMended("was refused", Map.of("QWEN_CHAT_PROXY_URL", closed.baseUrl()));
        }
    }

    @Test
    void an_upstream_without_an_address_is_said_to() throws Exception {
        assertToldThenMended("name cannot be resolved", Map.of("QWEN_CHAT_PROXY_URL", "http://qwen.invalid"));
    }

    @Test
    void an_upstream_that_cannot_be_reached_is_said_to() throws Exception {
        // An address that belongs to nobody, after RFC 5737: nothing comes back, or the network says so at once.
        assertToldThenMended("connection to the upstream", Map.of("QWEN_CHAT_PROXY_URL", "http://192.0.2.1:9"));
    }

    @Test
    void an_upstream_that_speaks_no_tls_is_said_to() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> hangUp(mute));
            answers.start();
            assertToldThenMended(
                    "no secure connection", Map.of("QWEN_CHAT_PROXY_URL", "https://127.0.0.1:" + mute.getLocalPort()));
        }
    }

    private static void hangUp(ServerSocket mute) {
        while (!mute.isClosed()) {
            try (var guest = mute.accept()) {
                guest.getOutputStream()
                        .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            } catch (java.io.IOException over) {
                // The guest or the test has gone; the loop looks which.
            }
        }
    }

    @Test
    void a_proxy_that_is_down_is_said_to_be() throws Exception {
        try (ClosedPort closed = new ClosedPort()) {
            assertToldThenMended("was refused", Map.of("PROXY_URL", closed.baseUrl()));
        }
    }

    private void assertToldThenMended(String cause, Map<String, String> wrong) throws Exception {
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 2, wrong)) {
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = jarUnderTest.chat("hello", stream);
                assertTrue(reply.status == 502 || reply.status == 504, reply.toString());
                assertTrue(reply.body.contains(cause), reply.toString());
                assertFalse(reply.body.contains("Exception"), reply.toString());
            }
            for (var account : jarUnderTest.accounts()) {
                assertEquals(0, account.path("failureCount").asInt(), "no account is to blame");
            }
            jarUnderTest.settings.put("QWEN_CHAT_PROXY_URL", jarUnderTest.fake.baseUrl());
            jarUnderTest.settings.remove("PROXY_URL");
            jarUnderTest.save();
            jarUnderTest.jar.awaitLog("配置重载成功");
            jarUnderTest.assertServes();
        }
    }

    @Test
    void with_the_network_gone_in_mid_load_it_says_so_and_recovers_by_itself() throws Exception {
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 2, Map.of("ACCOUNT_MAX_FAILURES", "3"));
                CuttableProxy cuttableProxy = new CuttableProxy(jarUnderTest.fake.port())) {
            jarUnderTest.settings.put("QWEN_CHAT_PROXY_URL", cuttableProxy.baseUrl());
            jarUnderTest.save();
            jarUnderTest.jar.awaitLog("配置重载成功");
            jarUnderTest.assertServes();
            cuttableProxy.cut();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Scale.of(2, 60));
            while (System.nanoTime() < until) {
                World.Reply reply = jarUnderTest.chat("hello", true);
                assertEquals(502, reply.status, reply.toString());
                TimeUnit.MILLISECONDS.sleep(20);
            }
            cuttableProxy.mend();
            jarUnderTest.assertServes();
        }
    }
}
