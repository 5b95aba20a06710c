package dev.qwen2api.http.server;

import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.failure.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** Bodies in their transport form: compressed, or multipart. What comes out stays within the limit of the body. */
public final class BodyFuzz {

    private static final int LIMIT = 1 << 20;

    private BodyFuzz() {}

    /** The first byte chooses the coding of the rest. */
    public static void packed(byte[] input) throws Exception {
        ContentEncoding[] all = ContentEncoding.values();
        ContentEncoding encoding = all[input.length == 0 ? 0 : Math.floorMod(input[0], all.length)];
        byte[] rest = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
        try (InputStream packed = body(new ByteArrayInputStream(rest));
                InputStream body = body(encoding.decode(packed))) {
            byte[] piece = new byte[8192];
            long total = 0;
            for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
                total += count;
                if (total > LIMIT) {
                    throw new AssertionError("the limit lets " + total + " bytes through");
                }
            }
        } catch (ProblemException refused) {
            refused(refused);
        }
    }

    /** The first line is the content type. */
    public static void form(byte[] input) throws Exception {
        int line = 0;
        while (line < input.length && input[line] != '\n') {
            line++;
        }
        String type = new String(input, 0, line, StandardCharsets.UTF_8);
        var open = new AtomicInteger();
        var rest = new ByteArrayInputStream(input, Math.min(line + 1, input.length), input.length);
        try (RequestBody body = body(rest);
                MultipartForm form =
                        MultipartForm.read(body, MultipartForm.boundary(type), () -> new CountedParcel(open))) {
            form.words().toString();
            form.files().forEach(file -> file.name().length());
        } catch (ProblemException refused) {
            refused(refused);
        }
        if (open.get() != 0) {
            throw new AssertionError(open + " files are left over");
        }
    }

    private static void refused(ProblemException refused) {
        if (refused.problem().kind().status() >= 500) {
            throw new AssertionError("a fault of the client is called the gateway's", refused);
        }
    }

    private static RequestBody body(InputStream in) throws ClientGoneException {
        var claim = new BodyMemoryBudget(256L << 20).claim();
        return new RequestBody(in, LIMIT, claim, Duration.ofHours(1), () -> 0);
    }

    /** Counts the files that are open; keeps none of their bytes. */
    private static final class CountedParcel implements UploadSpooler.Parcel, Attachment {

        private final AtomicInteger open;
        private boolean closed;
        private long size;

        CountedParcel(AtomicInteger open) {
            this.open = open;
            open.incrementAndGet();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            size += length;
        }

        @Override
        public Attachment finish() {
            return this;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public String sha256() {
            return "";
        }

        @Override
        public String contentType() {
            return "";
        }

        @Override
        public InputStream open() {
            return InputStream.nullInputStream();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}
