package dev.qwen2api.config;

import dev.qwen2api.config.EnvScanner.EnvSyntaxException;
import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
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
import java.util.regex.Pattern;

/**
 * Reads {@code .env}. dotenv-java reads the files it reads right; {@link EnvScanner} reads the others, and finds what
 * is odd in all of them. No result of this class holds a value in a message.
 *
 * <p>dotenv-java (3.2.0) cuts an unquoted value at {@code #}, keeps single quotes, loses the rest of the file after an
 * unclosed quote, rejects a byte-order mark, and throws messages that hold values.
 */
public final class EnvFile {

    private static final int MAX_BYTES = 1 << 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** A line that dotenv-java reads right: blank, a comment, or an entry that is quoted or has nothing to quote. */
    private static final Pattern SIMPLE_LINE =
            Pattern.compile("\\s*|#.*|[A-Z][A-Z0-9_]*=(?:\"[^\"]*\"|[^\"'#\\s]*)[ \\t]*");

    private EnvFile() {}

    public sealed interface Reading permits Parsed, Unusable {

        /** Name to value in the order of the file, secrets among them; none of an unusable file. */
        Map<String, String> values();
    }

    /**
     * A file with at least one setting.
     *
     * @param warnings one line each: what is odd, with line number and name, never a value
     * @param digest the SHA-256 digest of the file's bytes in hexadecimal digits
     */
    public record Parsed(Map<String, String> values, List<String> warnings, String digest) implements Reading {

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
     * @param digest as in {@link Parsed}; empty for an unreadable file
     */
    public record Unusable(Reason reason, String message, String digest) implements Reading {

        /** Whether there is a file whose settings cannot be read, rather than none. */
        public boolean isBroken() {
            return switch (reason) {
                case MISSING, EMPTY -> false;
                case DIRECTORY, UNREADABLE, TOO_LARGE, NOT_UTF8, MALFORMED -> true;
            };
        }

        @Override
        public Map<String, String> values() {
            return Map.of();
        }
    }

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
     * Returns the path of the file.
     *
     * @param environment the process environment; {@code ENV_FILE} names the file
     * @throws java.nio.file.InvalidPathException if {@code ENV_FILE} is no path
     */
    public static Path locate(Map<String, String> environment) {
        String named = environment.getOrDefault("ENV_FILE", "").strip();
        return Path.of(named.isEmpty() ? "./.env" : named);
    }

    /** Reads the file at {@code path}, following links. Never throws: every failure is {@link Unusable}. */
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
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            Reading reading = parse(bytes);
            return reading instanceof Parsed parsed && isSimple(bytes) ? throughLibrary(path, parsed) : reading;
        } catch (NoSuchFileException e) {
            return unusable(Reason.MISSING, "does not exist; copy .env.example to .env and fill it in");
        } catch (AccessDeniedException e) {
            return unusable(Reason.UNREADABLE, "may not be read by this user; check owner and mode");
        } catch (IOException e) {
            return unusable(Reason.UNREADABLE, "cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    public static Reading parse(byte[] bytes) {
        String digest = Sha256.hex(bytes);
        if (bytes.length > MAX_BYTES) {
            return new Unusable(Reason.TOO_LARGE, "is larger than 1 MiB; is it really a .env file?", digest);
        }
        try {
            var scan = EnvScanner.scan(decode(bytes));
            return scan.values().isEmpty()
                    ? new Unusable(Reason.EMPTY, "holds no setting", digest)
                    : new Parsed(scan.values(), scan.warnings(), digest);
        } catch (CharacterCodingException e) {
            return new Unusable(Reason.NOT_UTF8, "is not UTF-8 text; save it as UTF-8", digest);
        } catch (EnvSyntaxException e) {
            return new Unusable(Reason.MALFORMED, String.valueOf(e.getMessage()), digest);
        }
    }

    private static Unusable unusable(Reason reason, String message) {
        return new Unusable(reason, message, "");
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

    private static boolean isSimple(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .allMatch(line -> SIMPLE_LINE.matcher(line).matches());
    }

    /** Reads the file with dotenv-java; if that fails or the file changed meanwhile, the given values stay. */
    private static Parsed throughLibrary(Path path, Parsed parsed) {
        try {
            Path absolute = path.toAbsolutePath();
            Dotenv file = Dotenv.configure()
                    .directory(String.valueOf(absolute.getParent()))
                    .filename(String.valueOf(absolute.getFileName()))
                    .load();
            if (!Sha256.hex(Files.readAllBytes(path)).equals(parsed.digest())) {
                return parsed;
            }
            var values = new LinkedHashMap<String, String>();
            for (DotenvEntry entry : file.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
                values.put(entry.getKey(), entry.getValue());
            }
            return new Parsed(values, parsed.warnings(), parsed.digest());
        } catch (RuntimeException | IOException changed) {
            return parsed;
        }
    }
}
