package dev.qwen2api.ops.setup;

import dev.qwen2api.config.EnvFile;
import dev.qwen2api.config.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes {@code .env} atomically, readable by its owner alone, with every value in double quotes. */
final class EnvFileWriter {

    private static final String HEAD = """
            # Written by "qwen2api init". Keep the double quotes: a cookie may hold # and quotes of its own.
            # All other settings and their defaults are in .env.example.
            """;

    private final Path file;

    EnvFileWriter(Path file) {
        this.file = file;
    }

    boolean exists() {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes the settings into a file that must not exist yet.
     *
     * @throws IOException when it exists, or the folder cannot be written
     */
    void create(Map<String, String> settings) throws IOException {
        if (exists()) {
            throw new FileAlreadyExistsException(file.toString());
        }
        move(PrivateFile.writeEnv(file, bytes(settings)), file);
    }

    /**
     * Writes the settings in place of the present file, of which a copy stays beside it.
     *
     * @return the copy; empty where there was no file
     */
    Optional<Path> replace(Map<String, String> settings) throws IOException {
        if (!exists()) {
            create(settings);
            return Optional.empty();
        }
        Path target = file.toRealPath();
        if (!Files.isRegularFile(target)) {
            throw new IOException("it is not a regular file");
        }
        Path fresh = PrivateFile.writeEnv(target, bytes(settings));
        Path copy = free(target);
        try {
            Files.write(Files.createFile(copy, PrivateFile.attributes(copy)), Files.readAllBytes(target));
        } catch (IOException broken) {
            Files.deleteIfExists(fresh);
            throw broken;
        }
        move(fresh, target);
        return Optional.of(copy);
    }

    private static void move(Path fresh, Path target) throws IOException {
        try {
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException broken) {
            Files.deleteIfExists(fresh);
            throw broken;
        }
    }

    /** The text of the file. It is read back at once, and a value that does not come back unchanged is refused. */
    private static byte[] bytes(Map<String, String> settings) throws IOException {
        String text = settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=\"" + setting.getValue() + "\"\n")
                .collect(Collectors.joining("", HEAD, ""));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (EnvFile.parse(bytes) instanceof EnvFile.Parsed parsed
                && parsed.values().equals(settings)) {
            return bytes;
        }
        throw new IOException("a value cannot stand in this file");
    }

    private static Path free(Path target) {
        Path copy = target.resolveSibling(target.getFileName() + ".old");
        for (int i = 2; Files.exists(copy, LinkOption.NOFOLLOW_LINKS); i++) {
            copy = target.resolveSibling(target.getFileName() + ".old-" + i);
        }
        return copy;
    }
}
