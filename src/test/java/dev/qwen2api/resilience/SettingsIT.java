package dev.qwen2api.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.World;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A {@code .env} in every bad form, while clients are being served: the old one stays in force, and not one of them
 * notices.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SettingsIT {

    private static final int CLIENTS = 6;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static List<byte[]> badForms(String good) {
        return List.of(
                new byte[0],
                "\n\n\n".getBytes(StandardCharsets.UTF_8),
                good.substring(0, good.length() / 2).getBytes(StandardCharsets.UTF_8),
                good.replace("\"\nQWEN", "\nQWEN").getBytes(StandardCharsets.UTF_8),
                good.replaceAll("API_KEY=.*\n", "").getBytes(StandardCharsets.UTF_8),
                (good + "\nSERVICE_PORT=\"many\"\n").getBytes(StandardCharsets.UTF_8),
                (good + "\nACCOUNT_COOLDOWN_SECONDS=-1\n").getBytes(StandardCharsets.UTF_8),
                (good + "\nPROXY_URL=\"ftp://nowhere\"\n").getBytes(StandardCharsets.UTF_8),
                new byte[100_000],
                good.getBytes(StandardCharsets.UTF_16),
                ("\u0000" + good).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void no_bad_form_of_the_file_disturbs_anybody() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        var over = new AtomicBoolean();
        try (JarUnderTest jarUnderTest = new JarUnderTest(folder, 2, Map.of())) {
            var served = new ArrayList<Future<Integer>>();
            for (int i = 0; i < CLIENTS; i++) {
                boolean stream = i % 2 == 0;
                served.add(clients.submit(() -> serveUntil(over, jarUnderTest, stream)));
            }
            Path env = folder.resolve(".env");
            String good = Files.readString(env);
            for (int round = 0; round < Scale.of(1, 10); round++) {
                for (byte[] bad : badForms(good)) {
                    Files.write(env, bad);
                    TimeUnit.MILLISECONDS.sleep(400);
                }
                Files.delete(env);
                TimeUnit.MILLISECONDS.sleep(400);
                Files.createDirectory(env);
                TimeUnit.MILLISECONDS.sleep(400);
                Files.delete(env);
            }
            jarUnderTest.settings.put("HEARTBEAT_SECONDS", "7");
            jarUnderTest.save();
            jarUnderTest.jar.awaitLog("配置重载成功");
            over.set(true);
            int answers = 0;
            for (Future<Integer> each : served) {
                answers += each.get(30, TimeUnit.SECONDS);
            }
            assertTrue(answers > CLIENTS, answers + " answers");
            assertEquals(
                    1,
                    jarUnderTest.jar.log().stream()
                            .filter(line -> line.contains("配置重载成功"))
                            .count(),
                    () -> String.join(
                            "\n",
                            jarUnderTest.jar.log().stream()
                                    .filter(line -> line.contains("[CONFIG]"))
                                    .toList()));
        } finally {
            over.set(true);
            clients.shutdownNow();
        }
    }

    private static int serveUntil(AtomicBoolean over, JarUnderTest jarUnderTest, boolean stream) throws Exception {
        int answers = 0;
        while (!over.get()) {
            World.Reply reply = jarUnderTest.chat("echo: steady", stream);
            assertEquals(200, reply.status, reply.toString());
            assertEquals("steady", reply.text().strip(), reply.toString());
            answers++;
        }
        return answers;
    }
}
