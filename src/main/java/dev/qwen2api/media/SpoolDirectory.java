package dev.qwen2api.media;

import dev.qwen2api.config.PrivateFile;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of attachments in use, with a limit on the bytes of all of them together. It belongs to one process.
 * Thread-safe.
 */
public final class SpoolDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolDirectory.class);
    private static final String SUFFIX = ".part";
    /** Disk space that attachments leave to the database. */
    private static final long RESERVED_BYTES = 64L << 20;

    private final Path directory;
    private final long capacity;
    private final UsableSpace disk;
    private final AtomicLong used = new AtomicLong();

    /** Measures the free space of the disk that holds a path. */
    @FunctionalInterface
    interface UsableSpace {
        long of(Path path) throws IOException;
    }

    /**
     * @param directory created when it is first needed
     * @param capacity maximum bytes of all attachments together
     */
    public SpoolDirectory(Path directory, long capacity) {
        this(directory, capacity, path -> Files.getFileStore(path).getUsableSpace());
    }

    SpoolDirectory(Path directory, long capacity, UsableSpace disk) {
        this.directory = directory;
        this.capacity = capacity;
        this.disk = disk;
    }

    /** Deletes the files of an earlier, killed process. */
    public void clear() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        } catch (IOException unreadable) {
            LOG.warn("[MEDIA] files of an earlier run could not be removed from the folder for attachments");
        }
    }

    /** Creates an empty file with mode 0600. */
    Path create() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, PrivateFile.folderAttributes(directory));
        }
        requireFreeSpace();
        return Files.createTempFile(directory, "", SUFFIX, PrivateFile.attributes(directory));
    }

    /**
     * Fails before the disk is full.
     *
     * @throws dev.qwen2api.failure.ProblemException below the reserve
     */
    void requireFreeSpace() throws IOException {
        if (disk.of(directory) < RESERVED_BYTES) {
            LOG.warn("[MEDIA] the disk is nearly full: attachments need more than {} MB free", RESERVED_BYTES >> 20);
            throw overloaded("The gateway's disk is full, so it cannot keep an attachment. Its owner must free space.");
        }
    }

    /**
     * Counts bytes against the capacity.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is exhausted
     */
    void acquire(long bytes) {
        if (used.addAndGet(bytes) > capacity) {
            used.addAndGet(-bytes);
            throw overloaded("The gateway holds too many attachments at this moment. Try again shortly.");
        }
    }

    private static RuntimeException overloaded(String message) {
        return Problem.of(ProblemKind.OVERLOADED, message).toException();
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
