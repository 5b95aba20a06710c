package dev.qwen2api.media;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.UploadSpooler;
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
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes that come in one after the other: a few stay in memory, many go to a file. Written by one thread, then read by any;
 * {@link #close()} throws them away.
 */
final class SpooledFile implements Attachment, UploadSpooler.Parcel {

    private static final Logger LOG = LoggerFactory.getLogger(SpooledFile.class);
    private static final int IN_MEMORY = 32 * 1024;
    /** Enough of the beginning for {@link ContentType}, wherever the rest lies. */
    static final int HEAD = 4096;

    private final SpoolDirectory folder;
    private final MessageDigest digest = sha256Digest();
    private final byte[] head = new byte[HEAD];
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable Path file;
    private @Nullable OutputStream out;
    private long size;
    private String hash = "";
    private volatile String type = "application/octet-stream";
    private boolean closed;

    SpooledFile(SpoolDirectory folder) {
        this.folder = folder;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (closed) {
            return;
        }
        folder.take(length);
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
            file = folder.create();
            out = Files.newOutputStream(file);
            memory.writeTo(out);
            memory = new ByteArrayOutputStream(0);
        }
        out.write(bytes, offset, length);
    }

    @Override
    public synchronized SpooledFile finish() {
        hash = HexFormat.of().formatHex(digest.digest());
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
        LOG.warn("[MEDIA] an attachment could not be kept: {}", cause.getMessage());
        return Problem.of(
                        ProblemKind.OVERLOADED,
                        "The gateway cannot keep an attachment: its disk is full or cannot be written. Tell its owner.")
                .toException();
    }

    /** The first bytes, {@link #HEAD} at most. */
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

    /** Says what the bytes turned out to be. */
    void is(ContentType seen) {
        type = seen.name();
    }

    @Override
    public String contentType() {
        return type;
    }

    @Override
    public synchronized InputStream open() throws IOException {
        if (closed) {
            throw new IOException("thrown away");
        }
        return file == null ? new ByteArrayInputStream(memory.toByteArray()) : Files.newInputStream(file);
    }

    /** Throws everything away; idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        folder.giveBack(size);
        try {
            closeFile();
        } catch (IOException lost) {
            LOG.debug("[MEDIA] a thrown away file could not be closed: {}", lost.getMessage());
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

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
