package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Types the commands of the documentation in a folder laid out like the source tree, against a stand-in for the
 * service. The gateway is started by the command that the documentation gives for it.
 */
final class DocumentedCommands implements AutoCloseable {

    private static final Pattern ID = Pattern.compile("\\b(resp|video)_[a-z0-9]+");
    private static final Pattern COOKIES = Pattern.compile("(?m)^QWEN_COOKIES=.*$");
    private static final Set<String> STARTS =
            Set.of("java -jar qwen2api.jar", "java -jar target/qwen2api.jar", "scripts/start");
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static final long PATIENCE_SECONDS = 180;

    private final FakeQwen fake = FakeQwen.start();
    private final Path folder;
    private final String cookie = fake.accounts().cookie(fake.accounts().newUser());
    private final String added = fake.accounts().newUser();
    private final int port = freePort();
    private final Map<String, String> ids = new HashMap<>();
    private JarProcess gateway;

    /** @param env the {@code .env} to start from; its cookies are replaced by those of the stand-in */
    DocumentedCommands(Path folder, String env) throws Exception {
        this.folder = folder;
        Files.createDirectories(folder.resolve("target"));
        Path jar = folder.resolve("target/qwen2api.jar");
        Files.copy(Path.of(System.getProperty("jar")), jar);
        Files.createSymbolicLink(folder.resolve("qwen2api.jar"), jar);
        Files.copy(Path.of(".env.example"), folder.resolve(".env.example"));
        Files.createDirectory(folder.resolve("scripts"));
        for (File script : Path.of("scripts").toFile().listFiles(File::isFile)) {
            Files.copy(script.toPath(), folder.resolve("scripts").resolve(script.getName()));
            folder.resolve("scripts").resolve(script.getName()).toFile().setExecutable(true);
        }
        Path program = Files.createDirectory(folder.resolve("bin")).resolve("qwen2api");
        Files.writeString(program, "#!/bin/sh\nexec java -jar '" + jar + "' \"$@\"\n");
        program.toFile().setExecutable(true);
        Files.writeString(folder.resolve("cookie.txt"), cookie + "\n");
        Files.write(folder.resolve("photo.png"), Base64.getDecoder().decode(PIXEL));
        fake.script().whenAsked("lighthouse", Answer.image("https://cdn.qwenlm.ai/output/0/t2i/a.png?key=k"));
        fake.script().whenAsked("Waves", Answer.video(fake.baseUrl() + "/output/0/t2v/x.mp4?key=k"));
        write(env);
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private void write(String env) throws IOException {
        Files.writeString(folder.resolve(".env"), COOKIES.matcher(env).replaceAll("QWEN_COOKIES=\"" + cookie + "\""));
    }

    /** Runs one command and fails if it does not do what its reader expects of it. */
    void run(String command) throws Exception {
        if (STARTS.contains(command)) {
            start(command);
        } else if (command.startsWith("curl ")) {
            request(command);
        } else {
            local(command);
        }
    }

    private void start(String command) throws Exception {
        stop();
        gateway = new JarProcess(shell("exec " + command).start());
        gateway.awaitLog("listening on ");
    }

    private void stop() {
        if (gateway != null) {
            assertEquals(0, gateway.stop(), () -> String.join("\n", gateway.log()));
            gateway = null;
        }
    }

    /** What needs a gateway that is stopped, or no {@code .env}, gets it; everything else finds a running one. */
    private void local(String command) throws Exception {
        if (command.matches("tar .*|.* (init|restore) .*")) {
            stop();
        } else if (command.matches(".* (health|doctor|backup)( .*)?")) {
            startIfNeeded();
        }
        if (command.contains(" init ")) {
            Files.delete(folder.resolve(".env"));
        }
        Process process = shell(here(command)).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), command);
        // of a database that is new and a service without TLS the doctor warns
        boolean fine = process.exitValue() == 0 || process.exitValue() == 1 && command.contains(" doctor");
        assertTrue(fine, command + " ends with " + process.exitValue() + ":\n" + said);
        if (command.contains(".env.example .env")) {
            write(Files.readString(folder.resolve(".env")));
        }
    }

    private void startIfNeeded() throws Exception {
        if (gateway == null) {
            start("java -jar qwen2api.jar");
        }
    }

    /** Repeats the request for a video until it is ready. A reload of an unchanged file has a status of its own. */
    private void request(String curl) throws Exception {
        startIfNeeded();
        String typed = ID.matcher(here(curl)).replaceAll(id -> ids.getOrDefault(id.group(1), id.group()));
        String status = "";
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (status.isEmpty() || status.equals("404") && curl.contains("/content") && System.nanoTime() < end) {
            String quiet = typed.replaceFirst("^curl ", "curl -sS -o answer -w '%{http_code}' ");
            Process process = shell(quiet).start();
            status = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), curl);
        }
        boolean unchanged = curl.contains("/api/reloadConfig") && status.startsWith("4");
        assertTrue(status.equals("200") || unchanged, status + " of " + typed);
        String answer = Files.readString(folder.resolve("answer"), StandardCharsets.ISO_8859_1);
        if (curl.contains("\"stream\": true")) {
            assertTrue(answer.contains("data: {") && answer.contains("data: [DONE]"), answer);
        }
        ID.matcher(answer).results().forEach(id -> ids.put(id.group(1), id.group()));
    }

    /** Puts the address of the gateway, and tokens of one user of the stand-in, where the pages have placeholders. */
    private String here(String command) {
        return command.replace("http://localhost:3000", "http://127.0.0.1:" + port)
                .replace("https://api.example.com", "http://127.0.0.1:" + port)
                .replaceFirst("( init .*)FILE$", "$1cookie.txt")
                .replaceFirst("( (backup|restore) )FILE$", "$1copy.db")
                .replace("token=xxx", "token=" + fake.accounts().token(added))
                .replace("token=zzz", "token=" + fake.accounts().token(added));
    }

    /** The settings of the test are in the environment, so that the file stays as the documentation has it. */
    private ProcessBuilder shell(String command) {
        var builder = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        String home = System.getProperty("java.home");
        environment.keySet().removeIf(name -> !name.equals("PATH"));
        environment.put("PATH", folder + "/bin:" + home + "/bin:" + environment.getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("HOME", folder.toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("SERVICE_PORT", Integer.toString(port));
        environment.put("LISTEN_ADDRESS", "127.0.0.1");
        environment.put("ALLOW_PRIVATE_URLS", "true");
        environment.put("QWEN_CHAT_PROXY_URL", fake.baseUrl());
        environment.put("QWEN_AUTH_PROXY_URL", fake.baseUrl());
        environment.put("QWEN_CLI_PROXY_URL", fake.baseUrl());
        return builder;
    }

    @Override
    public void close() {
        try {
            if (gateway != null) {
                gateway.close();
            }
        } finally {
            fake.close();
        }
    }
}
