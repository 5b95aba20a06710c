package dev.qwen2api.media;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.config.Sha256;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An attachment that is kept in memory while small and in a file once large. One thread writes, then any thread reads;
 * {@link #close()} deletes the content.
 */
final class SpooledFile implements Attachment, UploadSpooler.Parcel {

    private static final Logger LOG = LoggerFactory.getLogger(SpooledFile.class);
    private static final int IN_MEMORY = 32 * 1024;
    /** Bytes written between two looks at the free disk space. */
    private static final int DISK_CHECK_BYTES = 4 << 20;
    /** Leading bytes that stay in memory for {@link ContentType}. */
    static final int HEAD = 4096;

    private final SpoolDirectory directory;
    private final MessageDigest digest = Sha256.inPieces();
    private final byte[] head = new byte[HEAD];
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable Path file;
    private @Nullable OutputStream out;
    private long size;
    private String hash = "";
    private volatile String type = "application/octet-stream";
    private long unchecked;
    private boolean closed;

    SpooledFile(SpoolDirectory directory) {
        this.directory = directory;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (closed) {
            return;
        }
        directory.acquire(length);
        if (size < HEAD) {
            System.arraycopy(bytes, offset, head, (int) size, (int) Math.min(HEAD - size, length));
        }
        size += length;
        digest.update(bytes, offset, length);
        try {
            store(bytes, offset, length);
        } catch (IOException full) {
            throw unwritable(full);
        }
    }

    private void store(byte[] bytes, int offset, int length) throws IOException {
        if (out == null && memory.size() + length <= IN_MEMORY) {
            memory.write(bytes, offset, length);
            return;
        }
        if (out == null) {
            file = directory.create();
            out = Files.newOutputStream(file);
            memory.writeTo(out);
            memory = new ByteArrayOutputStream(0);
        }
        unchecked += length;
        if (unchecked >= DISK_CHECK_BYTES) {
            unchecked = 0;
            directory.requireFreeSpace();
        }
        out.write(bytes, offset, length);
    }

    @Override
    public synchronized SpooledFile finish() {
        hash = Sha256.hex(digest);
        try {
            closeFile();
        } catch (IOException full) {
            throw unwritable(full);
        }
        return this;
    }

    private void closeFile() throws IOException {
        if (out != null) {
            out.close();
        }
    }

    private static RuntimeException unwritable(IOException cause) {
        LOG.warn("[MEDIA] an attachment could not be written: {}", cause.getMessage());
        return Problem.of(
                        ProblemKind.OVERLOADED,
                        "The gateway cannot write an attachment to its disk. Its owner must free space or check the folder.")
                .toException();
    }

    /** Returns the leading bytes, at most {@link #HEAD}. */
    byte[] head() {
        return Arrays.copyOf(head, (int) Math.min(size, HEAD));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public String sha256() {
        return hash;
    }

    /** Sets the type that the bytes show. */
    void setContentType(ContentType seen) {
        type = seen.name();
    }

    @Override
    public String contentType() {
        return type;
    }

    @Override
    public synchronized InputStream open() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        return file == null ? new ByteArrayInputStream(memory.toByteArray()) : Files.newInputStream(file);
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        directory.release(size);
        try {
            closeFile();
        } catch (IOException lost) {
            LOG.debug("[MEDIA] a deleted file could not be closed: {}", lost.getMessage());
        }
        deleteFile();
    }

    private void deleteFile() {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException stays) {
            LOG.warn("[MEDIA] a file could not be removed from the folder for attachments; the next start tries again");
        }
    }
}
