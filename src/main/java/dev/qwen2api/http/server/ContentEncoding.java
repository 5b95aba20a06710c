package dev.qwen2api.http.server;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import jakarta.servlet.http.HttpServletRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/** The codings of {@code Content-Encoding} in which the body of a request may be sent. */
enum ContentEncoding {
    IDENTITY {
        @Override
        InputStream open(InputStream packed) {
            return packed;
        }
    },
    GZIP {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new GZIPInputStream(packed, BUFFER);
        }
    },
    /** With the zlib header that RFC 9110 requires, or bare, as some clients send it. */
    DEFLATE {
        @Override
        InputStream open(InputStream packed) throws IOException {
            var input = new PushbackInputStream(packed);
            int first = input.read();
            if (first >= 0) {
                input.unread(first);
            }
            boolean bare = (first & 0x0f) != ZLIB;
            var inflater = new Inflater(bare);
            return new InflaterInputStream(input, inflater, BUFFER) {
                @Override
                public void close() throws IOException {
                    super.close();
                    inflater.end();
                }
            };
        }
    },
    BR {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new BrotliInputStream(packed, BUFFER);
        }
    },
    /** The native library is loaded by the first body that needs it. */
    ZSTD {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new ZstdInputStreamNoFinalizer(packed).setLongMax(LARGEST_WINDOW);
        }
    };

    private static final int BUFFER = 8192;
    private static final int ZLIB = 8;

    /** 8 MB, what RFC 8878 recommends as the most that a decoder must hold; a frame may ask for gigabytes. */
    private static final int LARGEST_WINDOW = 23;

    abstract InputStream open(InputStream packed) throws IOException;

    /**
     * The coding of a request.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none of these
     */
    static ContentEncoding of(HttpServletRequest request) {
        String header = request.getHeader("Content-Encoding");
        return switch (header == null ? "" : header.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            case "br" -> BR;
            case "zstd" -> ZSTD;
            default ->
                throw unsupported("Send the body with Content-Encoding gzip, deflate, br or zstd, or without any.")
                        .toException();
        };
    }

    /** Refuses a compressed body where no key was checked. */
    static void refuse(HttpServletRequest request) {
        if (of(request) != IDENTITY) {
            throw unsupported("Send the body without Content-Encoding: this path needs no key, and unpacks nothing.")
                    .toException();
        }
    }

    /** The content of a packed body. Its reader sees no {@link IOException}: a broken one is the client's mistake. */
    InputStream decode(InputStream packed) {
        try {
            return new Decoded(open(packed));
        } catch (IOException broken) {
            throw broken().toException();
        } catch (LinkageError missing) {
            throw unsupported("This machine cannot unpack zstd. Send the body with Content-Encoding gzip.")
                    .toException();
        }
    }

    private Problem broken() {
        return Problem.of(
                ProblemKind.INVALID_REQUEST,
                "The body of the request is not valid " + name().toLowerCase(Locale.ROOT)
                        + ", or needs a window of more than 8 MB.");
    }

    private static Problem unsupported(String message) {
        return Problem.of(ProblemKind.UNSUPPORTED_ENCODING, message);
    }

    /** Tells broken content from a broken connection, which is a problem of its own before it gets here. */
    private final class Decoded extends FilterInputStream {

        Decoded(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            try {
                return in.read(buffer, offset, length);
            } catch (IOException broken) {
                throw broken().toException();
            }
        }
    }
}
