package dev.qwen2api.ops;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the console and optionally to a file. A failing file is reported on the console once and tried again with
 * the next line, so that a full disk never stops the gateway. Thread-safe.
 */
final class TeeStream extends OutputStream {

    private final OutputStream console;
    private @Nullable OutputStream file;
    private boolean failing;

    TeeStream(OutputStream console) {
        this.console = console;
    }

    /** Replaces and closes the file; null writes to the console only. */
    synchronized void file(@Nullable OutputStream next) {
        OutputStream before = file;
        file = next;
        failing = false;
        if (before != null) {
            guard(before::close);
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
            guard(() -> target.write(bytes, offset, length));
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        console.flush();
        if (file != null) {
            guard(file::flush);
        }
    }

    private interface FileAction {
        void run() throws IOException;
    }

    private void guard(FileAction action) {
        try {
            action.run();
            failing = false;
        } catch (IOException broken) {
            if (!failing) {
                failing = true;
                report(broken);
            }
        }
    }

    private void report(IOException broken) {
        try {
            String line =
                    "WARN [LOG] the log file cannot be written: " + broken + "; the console still gets every line\n";
            console.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException consoleGone) {
            broken.addSuppressed(consoleGone);
        }
    }
}
