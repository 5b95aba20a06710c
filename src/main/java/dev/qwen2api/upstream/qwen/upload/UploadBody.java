package dev.qwen2api.upstream.qwen.upload;

import dev.qwen2api.chat.Attachment;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of one upload. The JDK closes the stream of a body that it read to its end, and no other: one of a call that
 * was cancelled or refused early would keep a deleted file on disk until a garbage collection. Thread-safe.
 */
final class UploadBody implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UploadBody.class);

    private final Attachment bytes;
    private final UploadWatch watch;
    private final List<InputStream> streams = new ArrayList<>();
    private boolean closed;

    UploadBody(Attachment bytes, UploadWatch watch) {
        this.bytes = bytes;
        this.watch = watch;
    }

    /** Empty files have no publisher, but none comes as far as this. */
    BodyPublisher publisher() {
        return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::open), bytes.size());
    }

    private synchronized InputStream open() {
        try {
            if (closed) {
                throw new IOException("the call is over");
            }
            var stream = new Watched(bytes.open());
            streams.add(stream);
            return stream;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Closes whatever is still open. */
    @Override
    public synchronized void close() {
        closed = true;
        for (InputStream each : streams) {
            try {
                each.close();
            } catch (IOException unclosed) {
                LOG.debug("[UPLOAD] an attachment could not be closed", unclosed);
            }
        }
    }

    /** Each piece that is read is a sign of life. */
    private final class Watched extends FilterInputStream {

        Watched(InputStream file) {
            super(file);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (watch.given().getAsBoolean()) {
                throw new IOException("given up");
            }
            watch.alive().run();
            return super.read(buffer, offset, length);
        }
    }
}
