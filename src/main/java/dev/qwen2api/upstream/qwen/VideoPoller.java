package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.account.Account;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Watches a video being made, which takes the upstream minutes (93 to 343 s for five seconds were seen, 2026-09), until it is
 * finished or given up. Blocks the thread that runs it; used by one.
 */
final class VideoPoller {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration FIRST_LOOK = Duration.ofMillis(500);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration LOOK = Duration.ofSeconds(30);
    /** Looks in a row that may fail, for a network that is gone for a moment. */
    private static final int MOST_FAILURES = 6;

    private final QwenClient client;
    private final Account account;
    private final String taskId;

    VideoPoller(QwenClient client, Account account, String taskId) {
        this.client = client;
        this.account = account;
        this.taskId = taskId;
    }

    /** The name of the task that a reply to a wish for a video speaks of. */
    static Optional<String> task(byte[] reply) {
        JsonNode id = json(reply)
                .path("data")
                .path("messages")
                .path(0)
                .path("extra")
                .path("wanx")
                .path("task_id");
        return Optional.ofNullable(id.textValue()).filter(text -> text.matches("[A-Za-z0-9_-]{1,100}"));
    }

    /** Looks until it is finished; the address of the video. */
    String await(Uploader.Watch watch) throws UpstreamException, InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        long pause = FIRST_LOOK.toNanos();
        int failures = 0;
        while (System.nanoTime() - end < 0) {
            TimeUnit.NANOSECONDS.sleep(pause);
            watch.check();
            pause = Math.min(pause * 2, BETWEEN_LOOKS.toNanos());
            Optional<JsonNode> state = look();
            failures = state.isPresent() ? 0 : failures + 1;
            if (failures >= MOST_FAILURES) {
                throw failed("the service does not say how the video is getting on");
            }
            if (state.isPresent()) {
                Optional<String> url = finished(state.get());
                if (url.isPresent()) {
                    return url.get();
                }
                watch.alive().run();
            }
        }
        throw new UpstreamException(
                Failure.of(FailureKind.SILENT, "the video was not finished within " + LONGEST.toMinutes() + " min"));
    }

    private Optional<JsonNode> look() throws InterruptedException {
        try {
            HttpResponse<byte[]> reply = client.task(account, taskId).get(LOOK.toSeconds(), TimeUnit.SECONDS);
            return Optional.of(json(reply.body())).filter(state -> state.has("task_status"));
        } catch (ExecutionException | TimeoutException passing) {
            return Optional.empty();
        }
    }

    private static Optional<String> finished(JsonNode state) throws UpstreamException {
        String url = state.path("content").asText();
        return switch (state.path("task_status").asText()) {
            case "success" -> {
                if (!url.startsWith("http")) {
                    throw failed("the service finished a video without saying where it is");
                }
                yield Optional.of(url);
            }
            case "failed", "failure" -> throw failed("the service could not make the video");
            default -> Optional.empty();
        };
    }

    private static UpstreamException failed(String why) {
        return new UpstreamException(Failure.of(FailureKind.BROKEN, why));
    }

    private static JsonNode json(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            return tree == null ? JSON.missingNode() : tree;
        } catch (IOException page) {
            return JSON.missingNode();
        }
    }
}
