package dev.qwen2api.survive;

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

/** Starts when nothing can be served: it comes up all the same, says why, loses nothing, and serves as soon as it can. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BootIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void with_no_session_that_lives_it_says_so_until_one_is_put_in() throws Exception {
        try (Siege siege = new Siege(folder, 1, Map.of("QWEN_COOKIES", "token=dead,token=gone"))) {
            for (boolean stream : new boolean[] {true, false}) {
                World.Reply reply = siege.chat("hello", stream);
                assertEquals(503, reply.status, reply.toString());
                assertEquals("session_expired", reply.errorCode(), reply.toString());
                assertTrue(reply.body.contains("account_1"), reply.toString());
            }
            siege.settings.put("QWEN_COOKIES", siege.fake.accounts().cookie(siege.users.get(0)));
            siege.save();
            siege.jar.awaitLog("配置重载成功");
            siege.assertServes();
        }
    }

    @Test
    void with_the_upstream_down_it_loses_nobody_and_recovers_without_a_restart() throws Exception {
        try (FakeQwen sleeping = FakeQwen.start();
                Cable cable = new Cable(sleeping.port())) {
            String one = sleeping.accounts().cookie(sleeping.accounts().newUser());
            String two = sleeping.accounts().cookie(sleeping.accounts().newUser());
            cable.cut();
            try (Siege siege = new Siege(
                    folder, 0, Map.of("QWEN_COOKIES", one + "," + two, "QWEN_CHAT_PROXY_URL", cable.baseUrl()))) {
                World.Reply reply = siege.chat("hello", true);
                assertEquals(502, reply.status, reply.toString());
                assertEquals(2, siege.accounts().size());
                cable.mend();
                siege.assertServes();
                assertEquals(2, siege.accounts().size());
            }
        }
    }
}
