package dev.qwen2api.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where {@code .env} says that the gateway listens and keeps its data, whether or not the rest of the file is valid: a
 * running gateway goes on with its former settings when a change is refused.
 *
 * @param port 0 if none is known
 * @param database the SQLite file
 */
public record ServerLocation(String address, int port, Path database) {

    private static final int MOST_BYTES = 1 << 20;
    /** One line, of which nothing but the value of these three settings is read. */
    private static final Pattern LINE = Pattern.compile("(?m)^[ \\t\\uFEFF]*(?:export[ \\t]+)?"
            + "(LISTEN_ADDRESS|SERVICE_PORT|DATABASE_PATH)[ \\t]*=[ \\t]*[\"']?([^\"'#\\r\\n]*)");

    /** Reads the file, and the environment where the file does not say. */
    public static ServerLocation read(Path file, Map<String, String> environment) {
        EnvFile.Reading reading = EnvFile.read(file);
        var values =
                new SettingValues(reading instanceof EnvFile.Parsed ? reading.values() : linesOf(file), environment);
        return new ServerLocation(
                new NetworkValues(values).listenAddress(SettingKey.LISTEN_ADDRESS),
                values.integer(SettingKey.SERVICE_PORT, 0, 65_535),
                values.path(SettingKey.DATABASE_PATH));
    }

    private static Map<String, String> linesOf(Path file) {
        var values = new HashMap<String, String>();
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            LINE.matcher(text).results().forEach(line -> values.put(line.group(1), line.group(2)));
        } catch (IOException unreadable) {
            return Map.of();
        }
        return values;
    }
}
