package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.openai.VideosCodec;
import dev.qwen2api.chat.Attachment;
import dev.qwen2api.chat.GeneratedMedia;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.UploadSpooler;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.chat.video.VideoStudio;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.http.server.AccessLog;
import dev.qwen2api.http.server.ApiKeys;
import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.MultipartForm;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** OpenAI's video routes: create a video, and poll, download or delete it with the same key. Thread-safe. */
public final class VideosRoutes implements Routes {

    private static final String PATH = "/v1/videos";
    private static final String ONE = PATH + "/{id}";

    private static final String MP4 = "video/mp4";
    private static final int PIECE = 64 * 1024;

    private final RouteSupport support;
    private final VideoStudio studio;
    private final GeneratedMedia generatedMedia;
    private final UploadSpooler uploadSpooler;
    private final VideosCodec codec = new VideosCodec();

    /**
     * @param uploadSpooler stores the pictures of forms
     * @param generatedMedia fetches finished videos
     */
    public VideosRoutes(
            RouteSupport support, VideoStudio studio, UploadSpooler uploadSpooler, GeneratedMedia generatedMedia) {
        this.uploadSpooler = uploadSpooler;
        this.support = support;
        this.studio = studio;
        this.generatedMedia = generatedMedia;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post(PATH, this::order, RouteAccess.CLIENT);
        Routes.read(table, ONE, ctx -> send(ctx, codec.print(job(ctx))), RouteAccess.CLIENT);
        Routes.read(table, ONE + "/content", this::content, RouteAccess.CLIENT);
        table.delete(ONE, this::remove, RouteAccess.CLIENT);
    }

    private void order(Context ctx) throws IOException, InterruptedException {
        if (!ctx.isMultipartFormData()) {
            try (InputStream body = support.body(ctx)) {
                order(ctx, codec.order(body), () -> {});
            }
            return;
        }
        try (MultipartForm form = MultipartForm.read(ctx, support, uploadSpooler)) {
            form.files().forEach(file -> codec.checkPicture(file.field()));
            VideosCodec.Request request = codec.order(form.words(), pictures(form));
            order(ctx, request, form::takeFiles);
        }
    }

    private static List<Media> pictures(MultipartForm form) {
        return form.files().stream()
                .map(file -> new Media(
                        Media.MediaType.IMAGE, new Media.Attached(file.bytes()), file.name(), VideosCodec.REFERENCE))
                .toList();
    }

    /** @param taken run once the order is taken, which then owns the picture */
    private void order(Context ctx, VideosCodec.Request request, Runnable taken) throws InterruptedException {
        ctx.attribute(AccessLog.MODEL, request.order().model());
        VideoJob job = studio.order(ApiKeys.owner(ctx), request.order(), request.reference());
        taken.run();
        send(ctx, codec.print(job));
    }

    private void content(Context ctx) {
        VideoJob job = job(ctx);
        String url = job.url()
                .orElseThrow(() -> Problem.of(
                                ProblemKind.NOT_FOUND,
                                "The video is not there: its status is "
                                        + job.status().name().toLowerCase(java.util.Locale.ROOT) + ".")
                        .toException());
        if (ctx.method().equals(HandlerType.HEAD)) {
            ctx.header("Cache-Control", "no-store").contentType(MP4);
            return;
        }
        var out = new ClientOutput(ctx, support);
        support.complete(ctx, out, () -> play(ctx, out, url));
    }

    private void play(Context ctx, ClientOutput out, String url) throws IOException, InterruptedException {
        try (Attachment clip = generatedMedia.fetch(url, out::clientGone);
                InputStream bytes = clip.open()) {
            out.begin(MP4);
            ctx.res().setHeader("Cache-Control", "no-store");
            ctx.res().setContentLengthLong(clip.size());
            var piece = new ByteArrayOutputStream(PIECE);
            for (byte[] next = bytes.readNBytes(PIECE); next.length > 0; next = bytes.readNBytes(PIECE)) {
                piece.writeBytes(next);
                out.send(piece);
            }
            out.end();
        }
    }

    private void remove(Context ctx) {
        String id = ctx.pathParam("id");
        if (!studio.remove(ApiKeys.owner(ctx), id)) {
            throw unknown().toException();
        }
        ObjectNode gone = JsonNodeFactory.instance.objectNode();
        send(ctx, gone.put("id", id).put("object", "video.deleted").put("deleted", true));
    }

    private VideoJob job(Context ctx) {
        return studio.find(ApiKeys.owner(ctx), ctx.pathParam("id"))
                .orElseThrow(() -> unknown().toException());
    }

    private static Problem unknown() {
        return Problem.of(ProblemKind.NOT_FOUND, "No video of this name was ordered with this key.");
    }

    private static void send(Context ctx, ObjectNode json) {
        ctx.header("Cache-Control", "no-store").contentType("application/json").result(json.toString());
    }
}
