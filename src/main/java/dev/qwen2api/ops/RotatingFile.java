package dev.qwen2api.ops;

import dev.qwen2api.config.PrivateFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A log file of bounded size with numbered predecessors: {@code qwen2api.log}, {@code qwen2api.log.1}, {@code .2}, … It
 * is rotated only between lines, has mode 0600, and is never opened through a symbolic link. Thread-safe.
 */
final class RotatingFile extends OutputStream {

    private final Path path;
    private final long maxBytes;
    private final int maxFiles;
    private final Opener opener;
    /** Null after a rotation whose new file could not be opened. */
    private @Nullable OutputStream out;

    private long size;
    private boolean atLineStart = true;

    /** Opens a file for appending, and creates it. */
    @FunctionalInterface
    interface Opener {
        OutputStream open(Path path) throws IOException;
    }

    /**
     * Opens the file for appending and creates its folder.
     *
     * @param maxFiles number of files including the current one, at least 1
     */
    RotatingFile(Path path, long maxBytes, int maxFiles) throws IOException {
        this(path, maxBytes, maxFiles, RotatingFile::open);
    }

    RotatingFile(Path path, long maxBytes, int maxFiles, Opener opener) throws IOException {
        this.path = path;
        this.maxBytes = maxBytes;
        this.maxFiles = maxFiles;
        this.opener = opener;
        if (path.toAbsolutePath().getParent() != null) {
            Files.createDirectories(path.toAbsolutePath().getParent());
        }
        reopen();
        removeSurplus();
    }

    private OutputStream reopen() throws IOException {
        OutputStream opened = opener.open(path);
        out = opened;
        size = Files.size(path);
        return opened;
    }

    static OutputStream open(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new FileSystemException(path.toString(), null, "is a symbolic link");
        }
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createFile(path, PrivateFile.attributes(path));
        }
        OutputStream opened = Files.newOutputStream(
                path, StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view != null) {
            view.setPermissions(PosixFilePermissions.fromString("rw-------"));
        }
        return opened;
    }

    @Override
    public synchronized void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        OutputStream current = out == null ? reopen() : out;
        if (atLineStart && size > 0 && size + length > maxBytes) {
            rotate(current);
            current = reopen();
        }
        current.write(bytes, offset, length);
        size += length;
        atLineStart = bytes[offset + length - 1] == '\n';
    }

    /** Leaves no file open, so that one that cannot be opened is tried again without moving the others once more. */
    private void rotate(OutputStream full) throws IOException {
        full.close();
        for (int i = maxFiles - 1; i >= 1; i--) {
            Path from = i == 1 ? path : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (maxFiles == 1) {
            Files.deleteIfExists(path);
        }
        out = null;
        removeSurplus();
    }

    /** Removes what a larger maximum has left; what cannot be removed is tried again at the next rotation. */
    private void removeSurplus() {
        try {
            for (int i = maxFiles; Files.deleteIfExists(numbered(i)); ) {
                i++;
            }
        } catch (IOException kept) {
            return;
        }
    }

    private Path numbered(int i) {
        return path.resolveSibling(path.getFileName() + "." + i);
    }

    @Override
    public synchronized void flush() throws IOException {
        if (out != null) {
            out.flush();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }
}
