package dev.qwen2api.api.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.chat.video.VideoJob.Order;
import dev.qwen2api.failure.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** Reads OpenAI's video requests and prints the state of videos. Pure. */
public final class VideosCodec {

    private static final String DEFAULT_MODEL = "qwen-max";
    private static final String DEFAULT_SIZE = "1280x720";
    /** What the service makes, whatever was asked for (seen 2026-09). */
    private static final String SECONDS = "5";

    /**
     * Reads {@code POST /v1/videos}.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none, naming the field at fault
     */
    public Order order(InputStream body) throws IOException {
        return order(JsonBody.read(body));
    }

    /** The same of a form. */
    public Order order(ObjectNode fields) {
        return order(RequestField.root(fields));
    }

    private static Order order(RequestField request) {
        String prompt = request.get("prompt").text();
        if (prompt.isBlank()) {
            throw request.get("prompt").wrong("words that say what the video shows");
        }
        if (request.get("input_reference").isPresent()) {
            throw noFiles().toException();
        }
        String size = request.get("size").optionalText().orElse(DEFAULT_SIZE);
        if (!size.matches("\\d{1,5}\\s*[:xX*]\\s*\\d{1,5}")) {
            throw request.get("size").wrong("a size such as 1280x720");
        }
        String model = request.get("model").optionalText().orElse("");
        return new Order(model.isBlank() || model.startsWith("sora") ? DEFAULT_MODEL : model, prompt, size);
    }

    /** What is said to who sends a picture along. */
    public static Problem noFiles() {
        return Problem.invalid("input_reference", "A video is made from words alone: leave out 'input_reference'.");
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

    /** The upstream does not say; a number that does not lie about the two ends. */
    private static int progress(VideoJob job) {
        return switch (job.status()) {
            case QUEUED -> 0;
            case IN_PROGRESS -> 50;
            case COMPLETED, FAILED -> 100;
        };
    }

    /** One of the sizes that OpenAI has, of the same lie. */
    private static String size(String wanted) {
        String[] sides = wanted.split("\\s*[:xX*]\\s*");
        return Integer.parseInt(sides[0]) < Integer.parseInt(sides[1]) ? "720x1280" : "1280x720";
    }
}
