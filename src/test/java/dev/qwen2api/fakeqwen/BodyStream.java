package dev.qwen2api.fakeqwen;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A body that is written piece by piece, through the wire faults of its exchange, into chunks of HTTP/1.1. */
final class BodyStream {
    private final Outlet outlet;
    private final Wire faults;
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final Silence silence;
    private final @Nullable GZIPOutputStream gzip;
    private long written;
    private int piece;
    private boolean ended;

    /** Says nothing until the client leaves. */
    interface Silence {
        void keep() throws IOException;
    }

    BodyStream(Outlet outlet, Wire faults, Silence silence) throws IOException {
        this.outlet = outlet;
        this.faults = faults;
        this.silence = silence;
        this.gzip = faults.gzip() ? new GZIPOutputStream(packed, true) : null;
    }

    /** Whether a fault has already ended the body; what is written then is dropped. */
    boolean ended() {
        return ended;
    }

    void write(byte[] bytes) throws IOException {
        if (gzip == null) {
            split(bytes);
            return;
        }
        gzip.write(bytes);
        gzip.flush();
        drainPacked();
    }

    void flush() throws IOException {
        outlet.flush();
    }

    /** Ends the body; the end is on the wire after the next flush. */
    void finish() throws IOException {
        if (gzip != null && !ended) {
            gzip.finish();
            drainPacked();
        }
        end();
    }

    private void drainPacked() throws IOException {
        byte[] bytes = packed.toByteArray();
        packed.reset();
        split(bytes);
    }

    private void split(byte[] bytes) throws IOException {
        if (faults.pieces().isEmpty()) {
            chunk(bytes, 0, bytes.length);
            return;
        }
        int from = 0;
        while (from < bytes.length && !ended) {
            int size = faults.pieces().get(Math.min(piece++, faults.pieces().size() - 1));
            int length = Math.min(Math.max(1, size), bytes.length - from);
            chunk(bytes, from, length);
            outlet.flush();
            from += length;
        }
    }

    private void chunk(byte[] bytes, int from, int length) throws IOException {
        if (ended) {
            return;
        }
        boolean cutsHere = faults.cutAt() >= 0 && written + length >= faults.cutAt();
        int kept = cutsHere ? (int) (faults.cutAt() - written) : length;
        outlet.chunk(bytes, from, kept);
        written += kept;
        if (cutsHere) {
            cut();
        }
    }

    private void cut() throws IOException {
        switch (faults.cut()) {
            case END -> end();
            case DROP -> outlet.drop();
            case RESET -> outlet.reset();
            case STALL -> silence.keep();
        }
    }

    private void end() throws IOException {
        if (!ended) {
            ended = true;
            outlet.endOfBody();
        }
    }
}
