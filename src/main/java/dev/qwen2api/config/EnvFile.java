package dev.qwen2api.config;

import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import io.github.cdimascio.dotenv.internal.DotenvParser;
import io.github.cdimascio.dotenv.internal.DotenvReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code .env}. The only class that knows dotenv-java (3.2.0), which reads one form without fail: one entry on one
 * line in double quotes. Left alone it cuts an unquoted value at {@code #}, keeps single quotes, loses the rest of the
 * file after an unclosed quote, trips over a byte-order mark, prefers the process environment over the file, and throws
 * messages that hold values. So {@link EnvScanner} finds the entries, this class hands each over in the safe form, and
 * the library's parser reads them from memory.
 *
 * <p>No result of this class holds a value in a message. Stateless.
 */
public final class EnvFile {

    private static final int MAX_BYTES = 1 << 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private EnvFile() {}

    /** What reading came to. */
    public sealed interface Reading permits Parsed, Unusable {}

    /**
     * A file with at least one setting.
     *
     * @param values name to value in the order of the file, secrets among them
     * @param warnings one line each: what was odd, with line number and name, never a value
     * @param content stands for the bytes of the file: equal for equal bytes
     */
    public record Parsed(Map<String, String> values, List<String> warnings, ContentDigest content) implements Reading {

        public Parsed {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
            warnings = List.copyOf(warnings);
        }

        @Override
        public String toString() {
            return "Parsed" + values.keySet();
        }
    }

    /**
     * A file that must not replace a working configuration.
     *
     * @param reason why
     * @param message the same in one sentence with what to do, without the path and without any value
     * @param content stands for the bytes of the file, {@link ContentDigest#NONE} where none could be read
     */
    public record Unusable(Reason reason, String message, ContentDigest content) implements Reading {}

    /** Why a file is {@link Unusable}. */
    public enum Reason {
        MISSING,
        DIRECTORY,
        UNREADABLE,
        TOO_LARGE,
        EMPTY,
        NOT_UTF8,
        MALFORMED
    }

    /**
     * Where the settings are.
     *
     * @param environment the process environment; {@code ENV_FILE} names the file
     * @throws java.nio.file.InvalidPathException where {@code ENV_FILE} cannot be a path
     */
    public static Path locate(Map<String, String> environment) {
        String named = environment.getOrDefault("ENV_FILE", "").strip();
        return Path.of(named.isEmpty() ? "./.env" : named);
    }

    /** Reads the file at {@code path}, following links. Never throws: whatever goes wrong is {@link Unusable}. */
    public static Reading read(Path path) {
        if (Files.isDirectory(path)) {
            return unusable(
                    Reason.DIRECTORY,
                    "is a folder; Docker makes one when the file to mount does not exist: remove it, create the file, "
                            + "and start again");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            return unusable(Reason.UNREADABLE, "is not a regular file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return parse(in.readNBytes(MAX_BYTES + 1));
        } catch (NoSuchFileException e) {
            return unusable(Reason.MISSING, "does not exist; copy .env.example to .env and fill it in");
        } catch (AccessDeniedException e) {
            return unusable(Reason.UNREADABLE, "may not be read by this user; check owner and mode");
        } catch (IOException e) {
            return unusable(Reason.UNREADABLE, "cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** Reads the bytes of a {@code .env} file. */
    public static Reading parse(byte[] bytes) {
        var content = ContentDigest.of(bytes);
        if (bytes.length > MAX_BYTES) {
            return new Unusable(Reason.TOO_LARGE, "is larger than 1 MiB; is it really a .env file?", content);
        }
        try {
            var scan = EnvScanner.scan(decode(bytes));
            var values = throughLibrary(scan.values());
            return values.isEmpty()
                    ? new Unusable(Reason.EMPTY, "holds no setting", content)
                    : new Parsed(values, scan.warnings(), content);
        } catch (CharacterCodingException e) {
            return new Unusable(Reason.NOT_UTF8, "is not UTF-8 text; save it as UTF-8", content);
        } catch (EnvSyntaxException e) {
            return new Unusable(Reason.MALFORMED, e.problem(), content);
        }
    }

    private static Unusable unusable(Reason reason, String message) {
        return new Unusable(reason, message, ContentDigest.NONE);
    }

    /** Strict, unlike {@code new String}: a wrong byte inside a cookie must not become a question mark. */
    private static String decode(byte[] bytes) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
        if (text.indexOf('\0') >= 0) {
            throw new CharacterCodingException();
        }
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static Map<String, String> throughLibrary(Map<String, String> found) {
        List<String> lines = found.entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + escape(entry.getValue()) + "\"")
                .toList();
        try {
            var values = new LinkedHashMap<String, String>();
            for (DotenvEntry entry : new DotenvParser(new Lines(lines), true, true).parse()) {
                values.put(entry.getKey(), unescape(entry.getValue()));
            }
            return values;
        } catch (DotenvException e) {
            // The library's message holds the entry, so neither it nor the exception may travel on.
            throw new IllegalStateException("dotenv-java refused an entry in the safe form");
        }
    }

    /** A double-quoted entry may hold anything but these; the per cent sign stands for itself by being escaped too. */
    private static String escape(String value) {
        return value.replace("%", "%25").replace("\"", "%22").replace("\n", "%0A");
    }

    private static String unescape(String value) {
        return value.replace("%0A", "\n").replace("%22", "\"").replace("%25", "%");
    }

    /** Lines in memory: the library's own reader wants a path, falls back to the class path, and is lax about encoding. */
    private static final class Lines extends DotenvReader {

        private final List<String> lines;

        Lines(List<String> lines) {
            super("", "");
            this.lines = lines;
        }

        @Override
        public List<String> read() {
            return lines;
        }
    }
}
