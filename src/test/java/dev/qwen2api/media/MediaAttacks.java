package dev.qwen2api.media;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets {@code AttackTable} reach what reads attachments. */
public final class MediaAttacks {

    private MediaAttacks() {}

    public static void base64(String text) throws IOException {
        Path folder = Files.createTempDirectory("attack");
        try (var file = new SpooledFile(new SpoolDirectory(folder, 1L << 30))) {
            var sink = new Base64Sink(file);
            text.chars().forEach(sink::put);
            sink.finish();
        }
        Files.deleteIfExists(folder);
    }

    public static void download(byte[] bytes, long most) throws Exception {
        Path folder = Files.createTempDirectory("attack");
        var downloader = new Downloader(new SpoolDirectory(folder, 1L << 30), Runnable::run, System::nanoTime);
        downloader.download(new Source(bytes), most, () -> false).close();
        Files.deleteIfExists(folder);
    }

    private record Source(byte[] bytes) implements Downloader.ByteSource {
        @Override
        public InputStream open(long maxBytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
