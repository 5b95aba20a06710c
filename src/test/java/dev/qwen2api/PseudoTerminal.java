package dev.qwen2api;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A shell command in a terminal of its own, which util-linux's {@code script} makes. Closing it kills what still runs.
 */
final class PseudoTerminal implements AutoCloseable {

    static final String CTRL_C = "\u0003";
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private final Process process;
    private final StringBuilder screen = new StringBuilder();
    private boolean ended;

    PseudoTerminal(Path folder, String command, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder("script", "-qec", command, "/dev/null")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().retainAll(Set.of("PATH"));
        builder.environment().put("SHELL", "/bin/sh");
        builder.environment().putAll(environment);
        process = builder.start();
        var reader = new Thread(this::read, "screen");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        char[] piece = new char[4096];
        try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                synchronized (screen) {
                    screen.append(piece, 0, count);
                    screen.notifyAll();
                }
            }
        } catch (IOException gone) {
            // The terminal is closed when its last process has ended.
        }
        synchronized (screen) {
            ended = true;
            screen.notifyAll();
        }
    }

    /** Everything that was shown so far, with line ends as in a file. */
    String screen() {
        synchronized (screen) {
            return screen.toString().replace("\r\n", "\n");
        }
    }

    void type(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits until {@code text} has been shown so many times. */
    void await(String text, int times) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (screen) {
            while (screen().split(Pattern.quote(text), -1).length <= times) {
                long left = deadline - System.nanoTime();
                if (ended || left <= 0) {
                    throw new AssertionError("'" + text + "' is not on the screen:\n" + screen());
                }
                TimeUnit.NANOSECONDS.timedWait(screen, left);
            }
        }
    }

    /** The exit status of the command. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("it does not end:\n" + screen());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
