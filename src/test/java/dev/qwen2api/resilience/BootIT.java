package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import dev.qwen2api.fakeqwen.FakeQwen;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts when nothing can be served: it comes up all the same, says why, loses nothing, and serves as soon as it can.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BootIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void with_no_session_that_lives_it_says_so_until_one_is_put_in() throws Exception {
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 1, Map.of("QWEN_COOKIES", "token=dead,token=gone"))) {
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = jarUnderTest.chat("hello", stream);
                assertEquals(503, reply.status, reply.toString());
                assertEquals("session_expired", reply.errorCode(), reply.toString());
                assertTrue(reply.body.contains("account_1"), reply.toString());
            }
            jarUnderTest.settings.put(
                    "QWEN_COOKIES", jarUnderTest.fake.accounts().cookie(jarUnderTest.users.get(0)));
            jarUnderTest.save();
            jarUnderTest.jar.awaitLog("配置重载成功");
            jarUnderTest.assertServes();
        }
    }

    @Test
    void with_the_upstream_down_it_loses_nobody_and_recovers_without_a_restart() throws Exception {
        try (FakeQwen sleeping = FakeQwen.start();
                CuttableProxy cuttableProxy = new CuttableProxy(sleeping.port())) {
            String one = sleeping.accounts().cookie(sleeping.accounts().newUser());
            String two = sleeping.accounts().cookie(sleeping.accounts().newUser());
            cuttableProxy.cut();
            try (JarUnderTest jarUnderTest = new JarUnderTest(
                    folder,
                    0,
                    Map.of("QWEN_COOKIES", one + "," + two, "QWEN_CHAT_PROXY_URL", cuttableProxy.baseUrl()))) {
                World.Reply reply = jarUnderTest.chat("hello", true);
                assertEquals(502, reply.status, reply.toString());
                assertEquals(2, jarUnderTest.accounts().size());
                cuttableProxy.mend();
                jarUnderTest.assertServes();
                assertEquals(2, jarUnderTest.accounts().size());
            }
        }
    }
}
