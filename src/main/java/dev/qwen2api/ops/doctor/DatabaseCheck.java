package dev.qwen2api.ops.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks that the database is sound, writable and private, and that its disk has free space. */
public final class DatabaseCheck implements Doctor.Check {

    private static final String SUBJECT = "database";
    private static final long MIN_FREE_BYTES = 100L << 20;

    private final Path file;
    private final Optional<String> problem;

    /** @param problem the fault inside the file; empty for a sound or missing one */
    public DatabaseCheck(Path file, Optional<String> problem) {
        this.file = file.toAbsolutePath().normalize();
        this.problem = problem;
    }

    @Override
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        problem.ifPresent(
                what -> found.add(
                        Finding.error(
                                SUBJECT,
                                what,
                                "a corrupt file is renamed at the next start; if it belongs to another program, set another DATABASE_PATH")));
        Path folder = existing(file);
        if (Files.exists(file) ? !Files.isWritable(file) || !Files.isWritable(folder) : !Files.isWritable(folder)) {
            found.add(Finding.error(
                    SUBJECT,
                    "this user may not write it, or not its folder",
                    "chown both to the user that runs the gateway, or run the doctor as that user"));
        }
        found.addAll(Files.exists(file) ? FilePermissions.of(file, SUBJECT) : List.of());
        freeSpace(folder).ifPresent(found::add);
        if (found.isEmpty()) {
            found.add(Finding.ok(SUBJECT, Files.exists(file) ? "whole and writable" : "none yet; it can be made"));
        }
        return found;
    }

    /** Returns the nearest existing folder above. */
    private static Path existing(Path file) {
        Path folder = file;
        while (folder.getParent() != null && (folder.equals(file) || !Files.isDirectory(folder))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static Optional<Finding> freeSpace(Path folder) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            return free >= MIN_FREE_BYTES
                    ? Optional.empty()
                    : Optional.of(Finding.warning(
                            SUBJECT, "its disk has only " + (free >> 20) + " MB left", "free space on that disk"));
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }
}
