package dev.qwen2api.http.routes;

import dev.qwen2api.api.openai.ImagesCodec;
import dev.qwen2api.api.openai.ImagesCodec.ImageRequest;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.chat.GeneratedMedia;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.MultipartForm;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.RouteSupport.AnswerOutcome;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * OpenAI's image routes. Several images of one request are generated in parallel, each with another account.
 * Thread-safe.
 */
public final class ImagesRoutes implements Routes {

    private static final long LOOK_MILLIS = 250;

    private final RouteSupport support;
    private final ChatEndpoint.Answerer chats;
    private final UploadSpooler uploadSpooler;
    private final GeneratedMedia generatedMedia;
    private final Executor executor;
    private final InstantSource clock;
    private final ImagesCodec codec = new ImagesCodec();

    /**
     * What the routes use.
     *
     * @param intake stores the images of multipart forms
     * @param pictures downloads generated images
     */
    public record Dependencies(ChatEndpoint.Answerer chats, UploadSpooler intake, GeneratedMedia pictures) {}

    /** @param executor generates all images of a request but the first */
    public ImagesRoutes(RouteSupport support, Dependencies dependencies, Executor executor, InstantSource clock) {
        this.support = support;
        this.chats = dependencies.chats();
        this.uploadSpooler = dependencies.intake();
        this.generatedMedia = dependencies.pictures();
        this.executor = executor;
        this.clock = clock;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post("/v1/images/generations", this::generate, RouteAccess.CLIENT);
        table.post("/v1/images/edits", this::edit, RouteAccess.CLIENT);
    }

    private void generate(Context ctx) throws IOException {
        draw(ctx, read(ctx, codec::generation));
    }

    private void edit(Context ctx) throws IOException {
        if (ctx.isMultipartFormData()) {
            try (MultipartForm multipartForm = MultipartForm.read(ctx, support, uploadSpooler)) {
                draw(ctx, wish(multipartForm));
            }
            return;
        }
        draw(ctx, read(ctx, codec::edit));
    }

    /** Parses a request body. */
    @FunctionalInterface
    private interface Reader {
        ImageRequest read(InputStream body) throws IOException;
    }

    /** Reads and closes the body first, since generating takes minutes. */
    private ImageRequest read(Context ctx, Reader reader) throws IOException {
        try (InputStream body = support.body(ctx)) {
            return reader.read(body);
        }
    }

    private ImageRequest wish(MultipartForm multipartForm) {
        multipartForm.files().forEach(file -> codec.checkPicture(file.field()));
        List<Media> media = multipartForm.files().stream()
                .map(file -> new Media(Media.MediaType.IMAGE, new Media.Attached(file.bytes()), file.name(), "image"))
                .toList();
        return codec.edit(multipartForm.words(), media);
    }

    private void draw(Context ctx, ImageRequest imageRequest) {
        ctx.attribute(AccessLog.MODEL, imageRequest.conversation().model());
        var out = new ClientOutput(ctx, support);
        var output = new PictureOutput(imageRequest, out);
        support.complete(ctx, output, () -> {
            List<PictureSink> drawn = drawAll(imageRequest, out, output);
            List<String> urls = drawn.stream()
                    .flatMap(sink -> sink.urls().stream())
                    .limit(imageRequest.count())
                    .toList();
            if (urls.isEmpty()) {
                output.fail(drawn.get(0).problem().orElseGet(ImagesRoutes::nothingDrawn));
                return;
            }
            var shown = new ArrayList<String>();
            for (String url : urls) {
                shown.add(imageRequest.base64() ? generatedMedia.base64(url, out::clientGone) : url);
            }
            output.pictures(shown, clock.instant());
        });
    }

    private static Problem nothingDrawn() {
        return Problem.of(ProblemKind.UPSTREAM_ERROR, "The service answered without a picture. Try again.");
    }

    /** Generates the first image in this thread, the only one that may check the connection. */
    private List<PictureSink> drawAll(ImageRequest imageRequest, ClientOutput out, PictureOutput output)
            throws InterruptedException {
        var left = new AtomicBoolean();
        var heartbeatDue = new AtomicBoolean();
        var sinks = new ArrayList<PictureSink>();
        var others = new ArrayList<CompletableFuture<Void>>();
        sinks.add(new PictureSink(out.requestId(), out::clientGone, out::tried, output::heartbeat));
        for (int i = 1; i < imageRequest.count(); i++) {
            var sink = new PictureSink(out.requestId(), left::get, who -> {}, () -> heartbeatDue.set(true));
            sinks.add(sink);
            others.add(CompletableFuture.runAsync(() -> drawBeside(imageRequest, sink), executor));
        }
        try {
            drawFirst(imageRequest, sinks.get(0), left);
            for (CompletableFuture<Void> other : others) {
                await(other, () -> {
                    left.set(left.get() || out.clientGone());
                    if (heartbeatDue.getAndSet(false) && !left.get()) {
                        output.heartbeat();
                    }
                });
            }
        } finally {
            left.set(true);
        }
        if (out.clientGone()) {
            throw new ClientGoneException();
        }
        return sinks;
    }

    private void drawFirst(ImageRequest imageRequest, PictureSink sink, AtomicBoolean left)
            throws InterruptedException {
        try {
            chats.answer(imageRequest.conversation(), sink);
        } catch (ClientGoneException gone) {
            left.set(true);
        }
    }

    /** Waits even when the client has left, because the attachments in use are deleted afterwards. */
    private static void await(CompletableFuture<Void> other, Runnable look) throws InterruptedException {
        while (true) {
            try {
                other.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException still) {
                look.run();
            } catch (ExecutionException bug) {
                throw new IllegalStateException("a picture could not be drawn", bug);
            }
        }
    }

    private void drawBeside(ImageRequest imageRequest, PictureSink sink) {
        try {
            chats.answer(imageRequest.conversation(), sink);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends the pictures of a request as one body or as events. A stream begins with its first heartbeat, a comment, so
     * that an early failure still has a status. Used by one thread.
     */
    private static final class PictureOutput implements AnswerOutcome {

        private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

        private final ImageRequest request;
        private final ClientOutput out;
        private final ImagesCodec codec = new ImagesCodec();

        PictureOutput(ImageRequest request, ClientOutput out) {
            this.request = request;
            this.out = out;
        }

        void heartbeat() {
            if (request.stream()) {
                out.begin(ClientOutput.EVENT_STREAM);
                send(COMMENT);
            }
        }

        /** @param pictures addresses, or base64 */
        void pictures(List<String> pictures, Instant now) {
            out.answering();
            if (!request.stream()) {
                out.whole(codec.print(pictures, request.base64(), now));
                return;
            }
            out.begin(ClientOutput.EVENT_STREAM);
            pictures.forEach(picture -> send(codec.event(request, picture, now)));
            out.end();
        }

        private void send(byte[] frame) {
            var buffer = new ByteArrayOutputStream(frame.length);
            buffer.writeBytes(frame);
            out.send(buffer);
        }

        @Override
        public void fail(Problem problem) {
            out.fail(problem, () -> send(codec.failure(problem)));
        }

        @Override
        public boolean hasEnded() {
            return out.hasEnded();
        }

        @Override
        public boolean clientGone() {
            return out.clientGone();
        }
    }
}
