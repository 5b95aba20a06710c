package dev.qwen2api.ops.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** Checks who may read a file that holds secrets. */
public final class FilePermissions {

    private FilePermissions() {}

    /** Returns a finding if others may read or change the file; none on systems without POSIX permissions. */
    public static List<Finding> of(Path file, String subject) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            boolean open = permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE);
            return open
                    ? List.of(Finding.warning(
                            subject,
                            "others on this machine may read or change it ("
                                    + PosixFilePermissions.toString(permissions) + "), and it holds your sessions",
                            "chmod o-rwx,g-w " + file.getFileName()))
                    : List.of();
        } catch (IOException | UnsupportedOperationException unsupported) {
            return List.of();
        }
    }
}
