package dev.qwen2api.http.server;

import dev.qwen2api.chat.UploadSpooler;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the parser of one form. The parser swallows what its listener throws, so the first problem is kept for
 * {@link #check}, and nothing is taken in after it. Used by one thread.
 */
final class FormParser extends MultiPart.AbstractPartsListener implements AutoCloseable {

    private final MultipartForm multipartForm;
    private final UploadSpooler uploadSpooler;
    private final LongConsumer elsewhere;
    private final ByteArrayOutputStream word = new ByteArrayOutputStream();
    private UploadSpooler.@Nullable Parcel parcel;
    private @Nullable RuntimeException problem;

    /**
     * @param elsewhere told how many bytes do not stay in memory
     */
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
                multipartForm.add(new MultipartForm.UploadedFile(fileName == null ? "" : fileName, parcel.finish()));
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
            problem = MultipartForm.malformed().toException();
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
