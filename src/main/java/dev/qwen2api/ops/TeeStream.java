package dev.qwen2api.ops;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the console and, while it works, to a file as well. A file that fails is reported on the console once and tried
 * again with the next line, so that a full disk never stops the gateway. Thread-safe.
 */
final class TeeStream extends OutputStream {

    private final OutputStream console;
    private @Nullable OutputStream file;
    private boolean failing;

    TeeStream(OutputStream console) {
        this.console = console;
    }

    /** Also writes to {@code next} from now on, or only to the console; closes the file before. */
    synchronized void file(@Nullable OutputStream next) {
        OutputStream before = file;
        file = next;
        failing = false;
        if (before != null) {
            quietly(before::close);
        }
    }

    @Override
    public synchronized void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        console.write(bytes, offset, length);
        if (file != null) {
            OutputStream target = file;
            quietly(() -> target.write(bytes, offset, length));
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        console.flush();
        if (file != null) {
            quietly(file::flush);
        }
    }

    private interface FileAction {
        void run() throws IOException;
    }

    private void quietly(FileAction action) {
        try {
            action.run();
            failing = false;
        } catch (IOException broken) {
            if (!failing) {
                failing = true;
                complain(broken);
            }
        }
    }

    private void complain(IOException broken) {
        try {
            String line =
                    "WARN [LOG] the log file cannot be written: " + broken + "; the console still has every line\n";
            console.write(line.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException consoleGone) {
            broken.addSuppressed(consoleGone);
        }
    }
}
