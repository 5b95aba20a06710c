package dev.qwen2api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The built jar as a process of its own, started as an owner would: {@code java -jar qwen2api.jar} in a folder with an
 * {@code .env}. The path of the jar is the system property {@code jar}.
 *
 * <p>The folder is the test's own ({@code @TempDir}), so a second process in the same folder is a restart, and the file
 * can be edited while the process runs. None of this machine's environment reaches the process. Safe for use by several
 * threads. Closing it kills what still runs.
 */
public final class JarProcess implements AutoCloseable {

    /** Longer than a start or an end ever takes, also on a machine that does other things beside. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String LISTENING = "listening on ";

    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    JarProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "log of the jar");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Writes {@code settings} into the folder's {@code .env}, starts the jar on any free port of 127.0.0.1, and waits
     * until it listens. {@code SERVICE_PORT} and {@code LISTEN_ADDRESS} among the settings win.
     *
     * @throws AssertionError with the log, when it does not come to listen
     */
    public static JarProcess start(Path folder, Map<String, String> settings) throws IOException {
        return start(folder, settings, List.of());
    }

    /** As {@link #start(Path, Map)}, with words for the JVM, such as {@code -Xmx64m}. */
    public static JarProcess start(Path folder, Map<String, String> settings, List<String> jvm) throws IOException {
        return start(folder, settings, jvm, Map.of());
    }

    /** As {@link #start(Path, Map, List)}, with an environment. */
    public static JarProcess start(
            Path folder, Map<String, String> settings, List<String> jvm, Map<String, String> environment)
            throws IOException {
        var all = new LinkedHashMap<String, String>();
        all.put("SERVICE_PORT", "0");
        all.put("LISTEN_ADDRESS", "127.0.0.1");
        all.putAll(settings);
        write(folder, all);
        JarProcess started = launch(folder, jvm, List.of(), environment);
        try {
            started.awaitLog(LISTENING);
        } catch (AssertionError failed) {
            started.close();
            throw failed;
        }
        return started;
    }

    /** Starts the jar in the folder as it is, with words for its command line, and waits for nothing. */
    public static JarProcess launch(Path folder, String... words) throws IOException {
        return launch(folder, List.of(), List.of(words), Map.of());
    }

    private static JarProcess launch(Path folder, List<String> jvm, List<String> words, Map<String, String> environment)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-jar", jar().toString()));
        command.addAll(words);
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("MALLOC_ARENA_MAX", "1"); // as scripts/start does
        builder.environment().putAll(environment);
        return new JarProcess(builder.start());
    }

    /** Writes the folder's {@code .env}, the values in double quotes. */
    public static void write(Path folder, Map<String, String> settings) throws IOException {
        String text = settings.entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"\n")
                .collect(Collectors.joining());
        Path env = Files.writeString(folder.resolve(".env"), text);
        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-------"));
    }

    private static Path jar() {
        String path = System.getProperty("jar");
        if (path == null || !Files.isRegularFile(Path.of(path))) {
            throw new AssertionError("no jar at " + path + ": ./mvnw verify builds it and says where it is");
        }
        return Path.of(path);
    }

    /** {@code http://127.0.0.1:port}, without a slash at its end. */
    public String baseUrl() {
        String line = awaitLog(LISTENING);
        String port = line.substring(line.lastIndexOf(':') + 1).strip();
        return "http://127.0.0.1:" + Integer.parseInt(port);
    }

    /** An address of the gateway; the path begins with a slash. */
    public URI at(String path) {
        return URI.create(baseUrl() + path);
    }

    /** The process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Every line that it wrote so far, to the log and to the console. */
    public synchronized List<String> log() {
        return List.copyOf(lines);
    }

    /**
     * The first line that holds {@code text}; waits for it.
     *
     * @throws AssertionError with the log, when it does not come in time, or the process ends without it
     */
    public synchronized String awaitLog(String text) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int seen = 0;
        while (true) {
            for (; seen < lines.size(); seen++) {
                if (lines.get(seen).contains(text)) {
                    return lines.get(seen);
                }
            }
            long left = deadline - System.nanoTime();
            if (ended || left <= 0) {
                throw new AssertionError("'" + text + "' is not in the log:\n" + String.join("\n", lines));
            }
            pause(left);
        }
    }

    /**
     * Sends SIGTERM and does not wait. The handle does it, since {@link Process#destroy()} would close the log as well.
     */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGTERM, waits for the end, and returns the exit code. */
    public int stop() {
        terminate();
        return awaitExit();
    }

    /** Sends SIGKILL and waits for the end: what a crash would leave behind is there afterwards. */
    public void kill() {
        process.toHandle().destroyForcibly();
        awaitExit();
    }

    /**
     * Waits until the process has ended and its last line was read; returns the exit code.
     *
     * @throws AssertionError with the log, when it does not end in time
     */
    public int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("it does not end; its log:\n" + String.join("\n", log()));
            }
            reader.join(PATIENCE.toMillis());
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                add(line);
            }
        } catch (IOException gone) {
            add("(the output broke off: " + gone.getMessage() + ")");
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    private void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
    }

    private static AssertionError interrupted(InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted", stopped);
    }
}
