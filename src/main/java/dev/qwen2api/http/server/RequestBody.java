package dev.qwen2api.http.server;

import dev.qwen2api.api.json.TreeMemory;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpException;

/**
 * The body of a request while it is read. It ends with a problem when it is too long or too slow, whether or not its
 * length was announced. Its reader sees no {@link IOException}: a client that hung up is a {@link
 * ClientGoneException}.
 */
final class RequestBody extends FilterInputStream implements TreeMemory {

    /** A client has {@code timeout} plus a second for every so many bytes; even a poor mobile link is faster. */
    private static final long SLOWEST_BYTES_PER_SECOND = 4096;

    /** What {@code MAX_REQUEST_MB} allows at least. The smaller limits of single routes are fixed. */
    private static final long SMALLEST_SETTING = 1 << 20;

    private final long limit;
    private final BodyMemoryBudget.Claim claim;
    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final long began;
    private long received;
    private long elsewhere;

    RequestBody(InputStream in, long limit, BodyMemoryBudget.Claim claim, Duration timeout, LongSupplier nanoTime) {
        super(in);
        this.limit = limit;
        this.claim = claim;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        try {
            int count = in.read(buffer, offset, length);
            received += Math.max(count, 0);
            check();
            return count;
        } catch (IOException | HttpException.RuntimeException broken) {
            throw told(broken);
        }
    }

    /** Excludes received bytes from the memory claim, because they do not stay in memory. */
    void elsewhere(long bytes) {
        elsewhere += bytes;
    }

    @Override
    public void reserve(long bytes) {
        claim.tree(bytes);
    }

    @Override
    public long skip(long count) {
        byte[] unwanted = new byte[(int) Math.min(Math.max(count, 1), 4096)];
        return count <= 0 ? 0 : Math.max(read(unwanted, 0, unwanted.length), 0);
    }

    @Override
    public void close() throws IOException {
        claim.read();
        super.close();
    }

    private void check() {
        if (received > limit) {
            throw tooLarge(limit).toException();
        }
        claim.reading(received - elsewhere);
        Duration allowed = timeout.plusSeconds(received / SLOWEST_BYTES_PER_SECOND);
        if (nanoTime.getAsLong() - began > allowed.toNanos()) {
            throw tooSlow().toException();
        }
    }

    private static RuntimeException told(Exception broken) {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return tooSlow().toException();
            }
            if (cause instanceof HttpException) {
                return Problem.of(ProblemKind.INVALID_REQUEST, "The body of the request is not well-formed HTTP.")
                        .toException();
            }
        }
        return new ClientGoneException(broken);
    }

    static Problem tooLarge(long limit) {
        boolean ofSettings = limit >= SMALLEST_SETTING;
        return Problem.of(
                ProblemKind.REQUEST_TOO_LARGE,
                "The body of the request is longer than " + size(limit) + ". Send less"
                        + (ofSettings ? ", or raise MAX_REQUEST_MB in the gateway's .env." : "."));
    }

    private static String size(long bytes) {
        return bytes >= 1 << 20 ? (bytes >> 20) + " MB" : bytes + " bytes";
    }

    private static Problem tooSlow() {
        return Problem.of(ProblemKind.REQUEST_TIMEOUT, "The body of the request did not arrive in time.");
    }
}
