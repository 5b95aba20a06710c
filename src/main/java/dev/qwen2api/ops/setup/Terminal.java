package dev.qwen2api.ops.setup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Reads lines from the terminal of this process, secret ones without echo and of any length.
 *
 * <p>In line mode the kernel cuts a line at 4,095 characters without a word, and a cookie may be longer. So a secret
 * is read with line mode and echo off, which {@code stty} sets through the standard input. The terminal gets its
 * former mode back however the process ends, except by SIGKILL. Used by one thread.
 */
public final class Terminal {

    private static final int MOST_BYTES = 1 << 20;
    private static final int END_OF_TEXT = 4;
    private static final int BACKSPACE = 8;
    private static final int ERASE_LINE = 21;
    private static final int DELETE = 127;
    private static final long PATIENCE_SECONDS = 5;

    private final InputStream in;
    private final PrintStream out;

    private Terminal(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /** The terminal; empty where standard input or output is a file, a pipe, or a system without {@code stty}. */
    public static Optional<Terminal> find() {
        return run(Redirect.INHERIT, "sh", "-c", "test -t 0 && test -t 1").isPresent()
                        && run("stty", "-g").isPresent()
                ? Optional.of(new Terminal(System.in, System.out))
                : Optional.empty();
    }

    /**
     * Prints the prompt and reads one line without showing it.
     *
     * @return empty when the input ended
     * @throws IOException when the terminal's mode cannot be changed, or the line is longer than 1 MiB
     */
    public Optional<String> readSecret(String prompt) throws IOException {
        String mode = run("stty", "-g").orElseThrow(() -> new IOException("the terminal does not tell its mode"));
        var restore = new Thread(() -> restore(mode), "terminal");
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            // Suspended by Ctrl-Z, the process would leave a shell without echo.
            if (run("stty", "-icanon", "-echo", "min", "1", "time", "0", "susp", "undef")
                    .isEmpty()) {
                throw new IOException("the terminal's echo cannot be switched off");
            }
            out.print(prompt);
            out.flush();
            return line();
        } finally {
            restore(mode);
            removed(restore);
        }
    }

    /** Asks a question and reads the answer in line mode; only {@code y} and {@code yes} are a yes. */
    public boolean confirm(String question) throws IOException {
        out.print(question + " [y/N] ");
        out.flush();
        var answer = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            answer.write(next);
        }
        return answer.toString(StandardCharsets.UTF_8).strip().matches("(?i)y|yes");
    }

    private Optional<String> line() throws IOException {
        byte[] bytes = new byte[1024];
        int length = 0;
        for (int next = in.read(); next != '\n' && next != '\r'; next = in.read()) {
            if (next < 0 || next == END_OF_TEXT) {
                return Optional.empty();
            }
            if (next == DELETE || next == BACKSPACE) {
                length = Math.max(0, length - 1);
            } else if (next == ERASE_LINE) {
                length = 0;
            } else if (length == MOST_BYTES) {
                throw new IOException("more than 1 MiB was pasted");
            } else {
                bytes = length == bytes.length ? Arrays.copyOf(bytes, length * 2) : bytes;
                bytes[length++] = (byte) next;
            }
        }
        discardRest();
        return Optional.of(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }

    /** Lines that were pasted behind the first must not end up in the shell as commands. */
    private void discardRest() throws IOException {
        for (int left = in.available(); left > 0; left = in.available()) {
            in.skipNBytes(left);
        }
    }

    private void restore(String mode) {
        run("stty", mode);
        out.println();
    }

    private static void removed(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process ends: the hook restores the mode once more, which changes nothing.
        }
    }

    /** What the command printed; empty when it failed. It reads from the standard input of this process. */
    private static Optional<String> run(String... command) {
        return run(Redirect.PIPE, command);
    }

    private static Optional<String> run(Redirect output, String... command) {
        var builder =
                new ProcessBuilder(command).redirectInput(Redirect.INHERIT).redirectOutput(output);
        try {
            Process process = builder.redirectError(Redirect.DISCARD).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? Optional.of(printed) : Optional.empty();
        } catch (IOException missing) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
