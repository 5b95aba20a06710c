package dev.qwen2api.http.server;

import dev.qwen2api.media.SpoolDirectory;
import dev.qwen2api.media.SpoolingAttachmentResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Lets {@code AttackTable} send bodies through the limits of a server with the shipped heap. */
public final class BodyAttacks {

    private static final long HEAP = 192L << 20;
    private static final long LIMIT = 64L << 20;

    private BodyAttacks() {}

    /** A body with a budget of its own. */
    public static InputStream body(byte[] bytes) {
        return budgeted(new ByteArrayInputStream(bytes));
    }

    /** A body that was packed with this coding. */
    public static InputStream unpacked(String coding, byte[] packed) {
        return budgeted(ContentEncoding.valueOf(coding).decode(body(packed)));
    }

    public static void form(byte[] form) throws IOException {
        Path folder = Files.createTempDirectory("attack");
        var intake = new SpoolingAttachmentResolver(
                new SpoolDirectory(folder, 1L << 30),
                Runnable::run,
                () -> false,
                url -> new CompletableFuture<>(),
                System::nanoTime);
        try {
            MultipartForm.read(budgeted(new ByteArrayInputStream(form)), "cut", intake)
                    .close();
        } finally {
            Files.deleteIfExists(folder);
        }
    }

    private static RequestBody budgeted(InputStream in) {
        return new RequestBody(in, LIMIT, BodyMemoryBudget.in(HEAP).claim(), Duration.ofMinutes(10), System::nanoTime);
    }
}
