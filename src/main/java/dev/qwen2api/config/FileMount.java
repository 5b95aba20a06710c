package dev.qwen2api.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Detects whether a file is a mount of its own ({@code -v ./.env:/app/.env}) and whether the host has replaced it
 * since: such a mount keeps the old inode without an event. Linux only; finds nothing elsewhere. Immutable.
 */
public final class FileMount {

    /** Fields of a line, per proc(5): mount id, parent id, device, root of the mount, mount point, and more. */
    private static final int ROOT = 3;

    private static final int MOUNT_POINT = 4;
    private static final String DELETED = "//deleted";

    private final Path file;
    private final Path table;
    private final Optional<String> rootAtFirst;

    /** @param table {@code /proc/self/mountinfo} */
    public FileMount(Path file, Path table) {
        this.file = file.toAbsolutePath().normalize();
        this.table = table;
        this.rootAtFirst = root();
    }

    /** Whether the file was a mount point at construction. */
    public boolean isMountPoint() {
        return rootAtFirst.isPresent();
    }

    /** Whether the host deleted, replaced or renamed the mounted file, so that reads return the old one. */
    public boolean isStale() {
        Optional<String> root = isMountPoint() ? root() : Optional.empty();
        return root.isPresent() && (root.get().endsWith(DELETED) || !root.equals(rootAtFirst) || hasNoName());
    }

    private Optional<String> root() {
        // A path may hold any byte, so the table is read as bytes.
        String wanted = new String(file.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        try (Stream<String> lines = Files.lines(table, StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(" "))
                    .filter(fields -> fields.length > MOUNT_POINT)
                    .filter(fields -> unescape(fields[MOUNT_POINT]).equals(wanted))
                    .map(fields -> fields[ROOT])
                    .reduce((first, last) -> last);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private boolean hasNoName() {
        try {
            return Files.getAttribute(file, "unix:nlink") instanceof Integer links && links == 0;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /** White space and backslashes are written as three octal digits. */
    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
