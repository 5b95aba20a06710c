package dev.qwen2api.media;

import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder in which attachments lie while their request runs, and how much room all of them may take. It belongs to one
 * process: whatever an earlier run left in it is thrown away. Thread-safe.
 */
public final class SpoolDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);
    private static final String SUFFIX = ".part";
    /** Left free, so that the database beside can still be written. */
    private static final long ALWAYS_FREE = 64L << 20;

    private final Path folder;
    private final long room;
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param folder made when it is first needed
     * @param room most bytes of all attachments at once
     */
    public SpoolDirectory(Path folder, long room) {
        this.folder = folder;
        this.room = room;
    }

    /** Throws away what a run that was cut off left behind. */
    public void clear() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        } catch (IOException unreadable) {
            LOG.warn("[MEDIA] files of an earlier run could not be removed from the folder for attachments");
        }
    }

    /** A new file that only the owner can read. */
    Path create() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, mode("rwx------"));
        }
        FileStore disk = Files.getFileStore(folder);
        if (disk.getUsableSpace() < ALWAYS_FREE) {
            throw new IOException("the disk is nearly full");
        }
        return Files.createTempFile(folder, "", SUFFIX, mode("rw-------"));
    }

    private FileAttribute<?>[] mode(String permissions) {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Takes room for more bytes.
     *
     * @throws dev.qwen2api.failure.ProblemException when there is none
     */
    void take(long bytes) {
        if (taken.addAndGet(bytes) > room) {
            taken.addAndGet(-bytes);
            throw Problem.of(
                            ProblemKind.OVERLOADED,
                            "The gateway holds too many attachments at this moment. Try again shortly.")
                    .toException();
        }
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Room that is taken now, in bytes. */
    long taken() {
        return taken.get();
    }
}
