package dev.qwen2api.api.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.chat.video.VideoJob.Order;
import dev.qwen2api.failure.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads OpenAI's video requests and prints the state of videos. Pure. */
public final class VideosCodec {

    /** The form field of the first frame. */
    public static final String REFERENCE = "input_reference";

    private static final String DEFAULT_MODEL = "qwen-max";
    private static final String DEFAULT_SIZE = "1280x720";
    /** Seconds of every video of the service, whatever was requested (seen 2026-09). */
    private static final String SECONDS = "5";

    /**
     * A request for a video.
     *
     * @param reference the picture that it begins with
     */
    public record Request(Order order, Optional<Media> reference) {}

    /**
     * Reads {@code POST /v1/videos}.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none, naming the field at fault
     */
    public Request order(InputStream body) throws IOException {
        return order(JsonBody.read(body), List.of());
    }

    /** The same of a form with its files. */
    public Request order(ObjectNode fields, List<Media> files) {
        return order(RequestField.root(fields), files);
    }

    /**
     * Checks the field of a form that holds a file.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is not that of the first frame
     */
    public void checkPicture(String field) {
        if (!field.startsWith(REFERENCE)) {
            throw Problem.invalid(
                            field, "The file '" + field + "' has no use: send the first frame as '" + REFERENCE + "'.")
                    .toException();
        }
    }

    private static Request order(RequestField request, List<Media> files) {
        String prompt = request.get("prompt").text();
        if (prompt.isBlank()) {
            throw request.get("prompt").wrong("words that say what the video shows");
        }
        String size = request.get("size").optionalText().orElse(DEFAULT_SIZE);
        if (!size.matches("\\d{1,5}\\s*[:xX*]\\s*\\d{1,5}")) {
            throw request.get("size").wrong("a size such as 1280x720");
        }
        String model = request.get("model").optionalText().orElse("");
        var order = new Order(model.isBlank() || model.startsWith("sora") ? DEFAULT_MODEL : model, prompt, size);
        return new Request(order, reference(request.get(REFERENCE), files));
    }

    /** An address or a data URI, by itself or as OpenAI's object around it, or the file of a form. */
    private static Optional<Media> reference(RequestField field, List<Media> files) {
        if (files.size() > 1 || field.isPresent() && !files.isEmpty()) {
            throw field.refused("A video begins with one picture: send no second one.");
        }
        if (!field.isPresent()) {
            return files.stream().findFirst();
        }
        RequestField url = field.isObject() ? field.get("image_url") : field;
        if (url.text().isBlank()) {
            throw url.wrong("the address of a picture or a data URI");
        }
        return Optional.of(Media.of(Media.MediaType.IMAGE, url.text(), "", REFERENCE));
    }

    /** An order as OpenAI's {@code VideoResource}. */
    public ObjectNode print(VideoJob job) {
        ObjectNode video = JsonNodeFactory.instance.objectNode();
        video.put("id", job.id()).put("object", "video");
        video.put("model", job.order().model());
        video.put("status", job.status().name().toLowerCase(Locale.ROOT));
        video.put("progress", progress(job));
        video.put("created_at", job.created().getEpochSecond());
        if (job.status() == VideoJob.Status.COMPLETED && job.ended().isPresent()) {
            video.put("completed_at", job.ended().get().getEpochSecond());
        } else {
            video.putNull("completed_at");
        }
        video.putNull("expires_at");
        video.put("prompt", job.order().prompt());
        video.put("size", size(job.order().size())).put("seconds", SECONDS);
        video.putNull("remixed_from_video_id");
        job.fault()
                .ifPresentOrElse(
                        fault -> video.putObject("error")
                                .put("code", fault.code())
                                .put("message", fault.message()),
                        () -> video.putNull("error"));
        return video;
    }

    /** Percent: 0, 50 or 100 by status, because the upstream reports no progress. */
    private static int progress(VideoJob job) {
        return switch (job.status()) {
            case QUEUED -> 0;
            case IN_PROGRESS -> 50;
            case COMPLETED, FAILED -> 100;
        };
    }

    /** The size among those of OpenAI with the same orientation. */
    private static String size(String wanted) {
        String[] sides = wanted.split("\\s*[:xX*]\\s*");
        return Integer.parseInt(sides[0]) < Integer.parseInt(sides[1]) ? "720x1280" : "1280x720";
    }
}
