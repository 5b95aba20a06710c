package dev.qwen2api.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The greeting, whose lines are typed as they are. */
@Timeout(60)
class BannerTest {

    private static final String KEY = "sk-greeting-0123456789";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static List<String> lines(int port, String keyCommand) {
        return new Banner("1.0", "0.0.0.0", port, List.of(), "data/qwen2api.db", keyCommand).lines(Instant.EPOCH);
    }

    private static String after(String label, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void it_has_the_address_of_the_dashboard_and_no_placeholder() {
        List<String> lines = lines(3000, Banner.keyCommand(Optional.empty()));
        assertTrue(after("dashboard: ", lines).startsWith("http://127.0.0.1:3000/ "), lines.toString());
        assertFalse(lines.toString().contains("<"), lines.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "API_KEY=sk-greeting-0123456789",
                "export API_KEY = \"sk-greeting-0123456789, sk-second\" # mine",
                "API_KEY='sk-greeting-0123456789'",
                "API_KEY=sk-greeting-0123456789\r",
                "  API_KEY=sk-greeting-0123456789",
                "\texport\tAPI_KEY\t=\tsk-greeting-0123456789\t# mine",
                "\ufeffAPI_KEY=\"sk-greeting-0123456789\"\t# mine",
                "API_KEY=sk-old\n#API_KEY=sk-example\nAPI_KEY=sk-greeting-0123456789 # newer",
            })
    void its_two_commands_work_as_typed(String env) throws Exception {
        Path file = folder.resolve("it's here.env");
        Files.writeString(file, env + "\nQWEN_COOKIES=\"token=a; b=2\"\n# \uff1b\n");
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> {
            received.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            List<String> lines = lines(server.getAddress().getPort(), Banner.keyCommand(Optional.of(file)));
            assertFalse(lines.toString().contains(KEY));
            run(after("your key: ", lines) + "\n" + after("first request: ", lines));
            String request = String.valueOf(received.poll(10, TimeUnit.SECONDS));
            assertTrue(request.startsWith("Bearer " + KEY + " {\"model\":"), request);
        } finally {
            server.stop(0);
        }
    }

    private static void run(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-ec", script)
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, shell.waitFor(), said);
    }
}
