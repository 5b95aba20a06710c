package dev.qwen2api.ops;

import dev.qwen2api.config.Settings;
import dev.qwen2api.config.UnusableSettingException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.simple.SimpleLogger;

/**
 * Configures slf4j-simple: lines of time, level and message on the console, and optionally in a rotating file. Created
 * before the first logger. Thread-safe.
 */
public final class Logs {

    private static final String PREFIX = "org.slf4j.simpleLogger.";
    private static final String OURS = "dev.qwen2api";

    private final TeeStream tee;

    Logs(PrintStream console) {
        this.tee = new TeeStream(console);
    }

    /** Replaces {@code System.err} and configures the loggers. Called once, at the very start. */
    public static Logs install() {
        var logs = new Logs(System.err);
        property("logFile", "System.err");
        property("showDateTime", "true");
        property("dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS");
        property("showThreadName", "false");
        property("showLogName", "false");
        property("defaultLogLevel", "warn");
        property("log." + OURS, "info");
        // repeats what Main logs in one line
        property("log.io.javalin", "off");
        // its parser logs the values of malformed headers as a warning
        property("log.org.eclipse.jetty", "error");
        System.setErr(new PrintStream(logs.tee, true, StandardCharsets.UTF_8));
        return logs;
    }

    /** Turns logging off, for commands that print their own output. Called once, instead of {@link #install}. */
    public static void mute() {
        property("defaultLogLevel", "off");
    }

    private static void property(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }

    /**
     * Applies level and file, now and to every logger.
     *
     * @throws UnusableSettingException if the file cannot be opened; the log then stays as it was
     */
    public void apply(Settings.Logs settings) {
        try {
            tee.file(settings.toFile() ? open(settings) : null);
        } catch (IOException broken) {
            throw new UnusableSettingException(
                    "the log file cannot be opened: " + broken.getMessage()
                            + ". Correct LOG_DIR or its permissions, or set ENABLE_FILE_LOG to false",
                    broken);
        }
        setLevel(settings.level().name());
    }

    private static RotatingFile open(Settings.Logs settings) throws IOException {
        return new RotatingFile(
                settings.directory().resolve("qwen2api.log"), settings.maxFileBytes(), settings.maxFiles());
    }

    /** slf4j-simple reads the level from a property when it creates a logger and keeps it in a private field. */
    private static void setLevel(String level) {
        System.setProperty(SimpleLogger.LOG_KEY_PREFIX + OURS, level.toLowerCase(Locale.ROOT));
        Logger log = LoggerFactory.getLogger(OURS);
        try {
            Field field = SimpleLogger.class.getDeclaredField("currentLogLevel");
            field.setAccessible(true);
            for (Map.Entry<?, ?> entry : loggers().entrySet()) {
                if (String.valueOf(entry.getKey()).startsWith(OURS)
                        && entry.getValue() instanceof SimpleLogger logger) {
                    field.setInt(logger, Level.valueOf(level).toInt());
                }
            }
        } catch (ReflectiveOperationException changed) {
            log.warn("[LOG] LOG_LEVEL={} takes effect after a restart: this slf4j-simple keeps it elsewhere", level);
        }
    }

    private static Map<?, ?> loggers() throws ReflectiveOperationException {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        for (Class<?> type = factory.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Map.class.isAssignableFrom(field.getType())) {
                    field.setAccessible(true);
                    return (Map<?, ?>) field.get(factory);
                }
            }
        }
        throw new NoSuchFieldException("no map of loggers");
    }

    /**
     * Writes to the console and optionally to a file. A failing file is reported on the console once and tried again
     * with the next line, so that a full disk never stops the gateway. Thread-safe.
     */
    static final class TeeStream extends OutputStream {

        private final OutputStream console;
        private @Nullable OutputStream file;
        private boolean failing;

        TeeStream(OutputStream console) {
            this.console = console;
        }

        /** Replaces and closes the file; null writes to the console only. */
        synchronized void file(@Nullable OutputStream next) {
            OutputStream before = file;
            file = next;
            failing = false;
            if (before != null) {
                guard(before::close);
            }
        }

        @Override
        public synchronized void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            console.write(bytes, offset, length);
            if (file != null) {
                OutputStream target = file;
                guard(() -> target.write(bytes, offset, length));
            }
        }

        @Override
        public synchronized void flush() throws IOException {
            console.flush();
            if (file != null) {
                guard(file::flush);
            }
        }

        private interface FileAction {
            void run() throws IOException;
        }

        private void guard(FileAction action) {
            try {
                action.run();
                failing = false;
            } catch (IOException broken) {
                if (!failing) {
                    failing = true;
                    report(broken);
                }
            }
        }

        private void report(IOException broken) {
            try {
                String line = "WARN [LOG] the log file cannot be written: " + broken
                        + "; the console still gets every line\n";
                console.write(line.getBytes(StandardCharsets.UTF_8));
            } catch (IOException consoleGone) {
                broken.addSuppressed(consoleGone);
            }
        }
    }
}
