package dev.qwen2api.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The gateway as a process: a jar, run by some JDK with some flags, in front of the stand-in. */
final class Gateway implements AutoCloseable {

    private static final int ACCOUNTS = 4;
    private static final long NEVER = 4_000_000_000L;

    private final Kind kind;
    private final Process process;
    private final int port;
    private final long startMillis;

    /**
     * What to run.
     *
     * @param name what the table calls it
     * @param command java and its flags, up to and with the jar
     */
    record Kind(String name, List<String> command) {

        /** {@code NAME=JAVA FLAGS… -jar JAR}. */
        static Kind of(String text) {
            int equals = text.indexOf('=');
            return new Kind(
                    text.substring(0, equals),
                    List.of(text.substring(equals + 1).strip().split(" +")));
        }
    }

    Gateway(Kind kind, Path folder, int upstreamPort) throws IOException {
        this.kind = kind;
        port = Ports.free();
        Path home = Files.createTempDirectory(folder, kind.name());
        // A folder of its own: the gateway watches it, and everything else here is written to all the time.
        Path env = Files.createDirectory(home.resolve("settings")).resolve(".env");
        Files.writeString(env, settings(home, upstreamPort));
        var builder = new ProcessBuilder(new ArrayList<>(kind.command()))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        builder.environment().put("ENV_FILE", env.toString());
        long began = System.nanoTime();
        process = builder.start();
        Ports.awaitAnswer(port, "/", process);
        startMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    private String settings(Path home, int upstreamPort) {
        String upstream = "http://127.0.0.1:" + upstreamPort;
        return """
                API_KEY="%s"
                LISTEN_ADDRESS="127.0.0.1"
                SERVICE_PORT="%d"
                QWEN_COOKIES="%s"
                QWEN_CHAT_PROXY_URL="%s"
                QWEN_AUTH_PROXY_URL="%s"
                DATABASE_PATH="%s/data/qwen2api.db"
                ACCOUNT_MAX_CONCURRENT="0"
                """.formatted(Target.KEY, port, cookies(), upstream, upstream, home);
    }

    private static String cookies() {
        return IntStream.range(0, ACCOUNTS)
                .mapToObj(i -> "token=" + encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "."
                        + encoded("{\"id\":\"0000000" + i + "-0000-4000-8000-000000000000\",\"exp\":" + NEVER + "}")
                        + ".c2lnbmF0dXJl")
                .collect(Collectors.joining(","));
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** From the start of the process to its first answer with status 200. */
    long startMillis() {
        return startMillis;
    }

    Target target() {
        return new Target(
                kind.name(), port, "/v1/chat/completions", () -> ProcFiles.family(process.pid()));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
