package dev.qwen2api.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Creates files and folders that only their owner may read and write. */
public final class PrivateFile {

    private PrivateFile() {}

    /** The attributes of a new file (mode 0600); none where the file system has no POSIX permissions. */
    public static FileAttribute<?>[] attributes(Path path) {
        return attributes(path, "rw-------");
    }

    /** The attributes of a new folder (mode 0700); none where the file system has no POSIX permissions. */
    public static FileAttribute<?>[] folderAttributes(Path path) {
        return attributes(path, "rwx------");
    }

    private static FileAttribute<?>[] attributes(Path path, String mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    /** Writes the next content of a {@code .env} under a temporary name beside it, and waits until it is on disk. */
    public static Path writeEnv(Path target, byte[] bytes) throws IOException {
        Path folder = Objects.requireNonNull(target.toAbsolutePath().getParent(), "a file has a folder");
        Path fresh = Files.createTempFile(folder, ".env-", ".new", attributes(folder));
        try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            for (var left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
                channel.write(left);
            }
            channel.force(true);
        } catch (IOException broken) {
            Files.deleteIfExists(fresh);
            throw broken;
        }
        return fresh;
    }
}
