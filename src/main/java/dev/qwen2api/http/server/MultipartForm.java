package dev.qwen2api.http.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;

/**
 * What a client sends as a form: its words in memory, its files by reference. It is read as every other body is, within the same
 * limits of length, memory and patience. Closing it throws the files away. Used by one thread.
 */
public final class MultipartForm implements AutoCloseable {

    private static final int MOST_PARTS = 100;
    private static final int LONGEST_HEAD = 8 * 1024;

    private final ObjectNode words = JsonNodeFactory.instance.objectNode();
    private final List<UploadedFile> files = new ArrayList<>();

    /**
     * A file of a form.
     *
     * @param name as the client gave it; may be empty
     */
    public record UploadedFile(String name, Attachment bytes) {}

    private MultipartForm() {}

    /**
     * Reads the whole body.
     *
     * @param intake where its files are put; what it throws refuses the form
     * @throws dev.qwen2api.failure.ProblemException when it is too long, too slow, or no form; nothing is left of it then
     */
    public static MultipartForm read(Context ctx, RouteSupport desk, UploadSpooler uploadSpooler) throws IOException {
        String boundary = MultiPart.extractBoundary(String.valueOf(ctx.contentType()));
        if (boundary == null || boundary.isEmpty()) {
            throw malformed().toException();
        }
        var multipartForm = new MultipartForm();
        boolean whole = false;
        try (RequestBody body = desk.form(ctx)) {
            var reader = new FormParser(multipartForm, uploadSpooler, body::elsewhere);
            try (reader) {
                multipartForm.take(body, boundary, reader);
            }
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

    /** The first word of each name, as a JSON object of strings. */
    public ObjectNode words() {
        return words;
    }

    /** In the order of the form. */
    public List<UploadedFile> files() {
        return List.copyOf(files);
    }

    @Override
    public void close() {
        files.forEach(file -> file.bytes().close());
    }
}
