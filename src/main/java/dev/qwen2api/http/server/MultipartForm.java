package dev.qwen2api.http.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * A multipart form: its fields in memory, its files spooled. It is read under the same limits of size, memory and
 * time as other bodies; closing it deletes the files. Used by one thread.
 */
public final class MultipartForm implements AutoCloseable {

    private static final int MOST_PARTS = 100;
    private static final int LONGEST_HEAD = 8 * 1024;

    private final ObjectNode words = JsonNodeFactory.instance.objectNode();
    private final List<UploadedFile> files = new ArrayList<>();

    /**
     * A file of a form.
     *
     * @param field the field that it is the value of; may be empty
     * @param name as the client gave it; may be empty
     */
    public record UploadedFile(String field, String name, Attachment bytes) {}

    private MultipartForm() {}

    /**
     * Reads the whole body.
     *
     * @param uploadSpooler stores the uploaded files; what it throws refuses the form
     * @throws dev.qwen2api.failure.ProblemException when it is too long, too slow, or no form; nothing is left of
     *     it then
     */
    public static MultipartForm read(Context ctx, RouteSupport support, UploadSpooler uploadSpooler)
            throws IOException {
        String boundary = boundary(String.valueOf(ctx.contentType()));
        try (RequestBody body = support.form(ctx)) {
            return read(body, boundary, uploadSpooler);
        }
    }

    static String boundary(String contentType) {
        try {
            String boundary = MultiPart.extractBoundary(contentType);
            if (boundary != null && !boundary.isEmpty()) {
                return boundary;
            }
        } catch (IllegalArgumentException openQuote) {
            // as if there were none
        }
        throw malformed().toException();
    }

    static MultipartForm read(RequestBody body, String boundary, UploadSpooler uploadSpooler) {
        var multipartForm = new MultipartForm();
        boolean whole = false;
        try (var reader = new FormParser(multipartForm, uploadSpooler, body::elsewhere)) {
            multipartForm.take(body, boundary, reader);
            whole = true;
            return multipartForm;
        } finally {
            if (!whole) {
                multipartForm.close();
            }
        }
    }

    private void take(RequestBody body, String boundary, FormParser reader) {
        var parser = new MultiPart.Parser(boundary, reader);
        parser.setMaxParts(MOST_PARTS);
        parser.setPartHeadersMaxLength(LONGEST_HEAD);
        byte[] piece = new byte[8 * 1024];
        for (int count = body.read(piece, 0, piece.length); count >= 0; count = body.read(piece, 0, piece.length)) {
            parser.parse(Content.Chunk.from(ByteBuffer.wrap(piece, 0, count), false));
            reader.check();
        }
        parser.parse(Content.Chunk.EOF);
        reader.check();
    }

    static Problem malformed() {
        return Problem.of(ProblemKind.INVALID_REQUEST, "The body of the request is not a well-formed multipart form.");
    }

    void add(String name, String word) {
        if (!words.has(name)) {
            words.put(name, word);
        }
    }

    void add(UploadedFile file) {
        files.add(file);
    }

    /** The first value of each field, as a JSON object of strings. */
    public ObjectNode words() {
        return words;
    }

    /** Gives the files to the caller, who closes them. */
    public List<UploadedFile> takeFiles() {
        List<UploadedFile> taken = files();
        files.clear();
        return taken;
    }

    /** In the order of the form. */
    public List<UploadedFile> files() {
        return List.copyOf(files);
    }

    @Override
    public void close() {
        files.forEach(file -> file.bytes().close());
    }

    /**
     * Listens to the parser of one form. The parser swallows what its listener throws, so the first problem is kept for
     * {@link #check}, and nothing is taken in after it. Used by one thread.
     */
    private static final class FormParser extends MultiPart.AbstractPartsListener implements AutoCloseable {

        private final MultipartForm multipartForm;
        private final UploadSpooler uploadSpooler;
        private final LongConsumer elsewhere;
        private final ByteArrayOutputStream word = new ByteArrayOutputStream();
        private UploadSpooler.@Nullable Parcel parcel;
        private @Nullable RuntimeException problem;

        /** @param elsewhere told how many bytes do not stay in memory */
        FormParser(MultipartForm multipartForm, UploadSpooler uploadSpooler, LongConsumer elsewhere) {
            this.multipartForm = multipartForm;
            this.uploadSpooler = uploadSpooler;
            this.elsewhere = elsewhere;
        }

        /**
         * Tells what has gone wrong by now.
         *
         * @throws dev.qwen2api.failure.ProblemException if something has
         */
        void check() {
            if (problem != null) {
                throw problem;
            }
        }

        /** Each step of the form, unless one before it failed. */
        private void step(Runnable work) {
            if (problem == null) {
                try {
                    work.run();
                } catch (RuntimeException failed) {
                    problem = failed;
                }
            }
        }

        @Override
        public void onPartHeaders() {
            step(() -> {
                if (getFileName() != null) {
                    parcel = uploadSpooler.begin();
                }
            });
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            step(() -> {
                byte[] bytes = new byte[chunk.remaining()];
                chunk.getByteBuffer().get(bytes);
                if (parcel == null) {
                    word.writeBytes(bytes);
                } else {
                    parcel.write(bytes, 0, bytes.length);
                    elsewhere.accept(bytes.length);
                }
            });
        }

        @Override
        public void onPart(@Nullable String name, @Nullable String fileName, HttpFields headers) {
            step(() -> {
                if (parcel != null) {
                    multipartForm.add(new UploadedFile(
                            name == null ? "" : name, fileName == null ? "" : fileName, parcel.finish()));
                    parcel = null;
                } else if (name != null) {
                    multipartForm.add(name, word.toString(StandardCharsets.UTF_8));
                }
                word.reset();
            });
        }

        @Override
        public void onFailure(Throwable failure) {
            if (problem == null) {
                problem = malformed().toException();
            }
        }

        /** Throws away a file that was not whole. */
        @Override
        public void close() {
            if (parcel != null) {
                parcel.close();
            }
        }
    }
}
