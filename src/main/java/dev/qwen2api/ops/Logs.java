package dev.qwen2api.ops;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Sets up slf4j-simple: lines of time, level and message on the console, and in a rotating file on request. Create it
 * before the first logger. Thread-safe.
 */
public final class Logs {

    private static final String PREFIX = "org.slf4j.simpleLogger.";
    private static final String OURS = "dev.qwen2api";

    private final TeeStream tee;
    private final LogLevels levels = new LogLevels(OURS);

    /**
     * Where to log to beside the console.
     *
     * @param folder created when missing
     * @param maxBytes size of one file, positive
     * @param maxFiles number of files kept, at least 1
     */
    public record FileLog(Path folder, long maxBytes, int maxFiles) {}

    private Logs(PrintStream console) {
        this.tee = new TeeStream(console);
    }

    /** Takes over {@code System.err} and the logger's configuration. Called once, at the very start. */
    public static Logs install() {
        var logs = new Logs(System.err);
        property("logFile", "System.err");
        property("showDateTime", "true");
        property("dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS");
        property("showThreadName", "false");
        property("showLogName", "false");
        property("defaultLogLevel", "warn");
        property("log." + OURS, "info");
        // it tells a second time what Main tells in one line
        property("log.io.javalin", "off");
        // its parser logs the values of odd headers as a warning
        property("log.org.eclipse.jetty", "error");
        System.setErr(new PrintStream(logs.tee, true, StandardCharsets.UTF_8));
        return logs;
    }

    /** Logs nothing at all, for commands that say what they have to say themselves. Called once, instead of {@link #install}. */
    public static void mute() {
        property("defaultLogLevel", "off");
    }

    private static void property(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }

    /**
     * Changes what is logged, now and for every logger.
     *
     * @param level {@code DEBUG}, {@code INFO}, {@code WARN} or {@code ERROR}
     * @param file the file to write beside the console, if any
     * @throws UncheckedIOException when the file cannot be opened; the console then stays as it was
     */
    public void apply(String level, Optional<FileLog> file) {
        levels.set(level);
        try {
            tee.file(file.isPresent() ? open(file.get()) : null);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static RotatingFile open(FileLog file) throws IOException {
        return new RotatingFile(file.folder().resolve("qwen2api.log"), file.maxBytes(), file.maxFiles());
    }
}
