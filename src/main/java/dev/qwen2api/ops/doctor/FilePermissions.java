package dev.qwen2api.ops.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** Who may read a file that holds secrets. */
final class FilePermissions {

    private FilePermissions() {}

    /** One finding where others may read it; none on systems without such rights. */
    static List<Finding> of(Path file, String subject) {
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            boolean open = rights.contains(PosixFilePermission.OTHERS_READ)
                    || rights.contains(PosixFilePermission.OTHERS_WRITE)
                    || rights.contains(PosixFilePermission.GROUP_WRITE);
            return open
                    ? List.of(Finding.warning(
                            subject,
                            "others on this machine may read or change it (" + PosixFilePermissions.toString(rights)
                                    + "), and it holds your sessions",
                            "chmod o-rwx,g-w " + file.getFileName()))
                    : List.of();
        } catch (IOException | UnsupportedOperationException elsewhere) {
            return List.of();
        }
    }
}
