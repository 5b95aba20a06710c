package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.video.TaskWatch;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.error.UpstreamErrorParser;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Polls videos that are being made, which takes the upstream minutes (93 to 343 s for five seconds, VA 2026-09), until
 * they are finished. Blocks the thread that runs it. Thread-safe.
 */
public final class VideoPoller implements TaskWatch {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration FIRST_POLL = Duration.ofMillis(500);
    /** As the web app polls (13 row 15, 2026-09). */
    private static final Duration BETWEEN_POLLS = Duration.ofSeconds(10);

    private static final Duration BETWEEN_POLLS_FROM_PICTURE = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration POLL = Duration.ofSeconds(30);
    /** Polls in a row that may fail, for a network that is gone for a moment. */
    private static final int MOST_FAILURES = 6;

    private final QwenClient client;
    private final Function<AccountId, Optional<Account>> accounts;
    private final LongSupplier ticker;

    /**
     * @param accounts finds an account with its newest session
     * @param ticker monotonic nanoseconds, such as {@link System#nanoTime}
     */
    public VideoPoller(QwenClient client, Function<AccountId, Optional<Account>> accounts, LongSupplier ticker) {
        this.client = client;
        this.accounts = accounts;
        this.ticker = ticker;
    }

    /** The name of the task that the reply to an order speaks of. */
    static Optional<String> task(byte[] reply) {
        JsonNode id = json(reply).at("/data/messages/0/extra/wanx/task_id");
        return Optional.ofNullable(id.textValue()).filter(text -> text.matches("[A-Za-z0-9_-]{1,100}"));
    }

    @Override
    public String await(VideoJob.Task task, BooleanSupplier gone) throws UpstreamException, InterruptedException {
        Account account = accounts.apply(task.account())
                .orElseThrow(() ->
                        failure(FailureKind.FORBIDDEN, "the account that ordered the video does not exist any more"));
        return await(account, task.id(), BETWEEN_POLLS, new Uploader.Watch(gone, () -> {}));
    }

    /** Polls until the video is finished; its address. */
    String await(Account account, String taskId, boolean fromPicture, Uploader.Watch watch)
            throws UpstreamException, InterruptedException {
        return await(account, taskId, fromPicture ? BETWEEN_POLLS_FROM_PICTURE : BETWEEN_POLLS, watch);
    }

    private String await(Account account, String taskId, Duration between, Uploader.Watch watch)
            throws UpstreamException, InterruptedException {
        long end = ticker.getAsLong() + LONGEST.toNanos();
        long pause = FIRST_POLL.toNanos();
        int failures = 0;
        while (ticker.getAsLong() - end < 0) {
            TimeUnit.NANOSECONDS.sleep(pause);
            watch.check();
            pause = Math.min(pause * 2, between.toNanos());
            Account present = accounts.apply(account.id()).orElse(account);
            Optional<JsonNode> state = poll(present, taskId);
            failures = state.isPresent() ? 0 : failures + 1;
            if (failures >= MOST_FAILURES) {
                throw failure(FailureKind.BROKEN, "the service does not say how far the video is");
            }
            if (state.isPresent()) {
                Optional<String> url = finished(state.get());
                if (url.isPresent()) {
                    return url.get();
                }
                watch.alive().run();
            }
        }
        throw failure(FailureKind.SILENT, "the video was not finished within " + LONGEST.toMinutes() + " min");
    }

    private Optional<JsonNode> poll(Account account, String taskId) throws InterruptedException {
        try {
            HttpResponse<byte[]> reply = client.task(account, taskId).get(POLL.toSeconds(), TimeUnit.SECONDS);
            JsonNode json = json(reply.body());
            JsonNode state = json.has("task_status") ? json : json.path("data");
            return Optional.of(state).filter(each -> each.has("task_status"));
        } catch (ExecutionException | TimeoutException passing) {
            return Optional.empty();
        }
    }

    /** Only these states are known to go on; every other one is the end, as in the front end (13 row 15, 2026-09). */
    private static Optional<String> finished(JsonNode state) throws UpstreamException {
        String status = state.path("task_status").asText();
        return switch (status) {
            case "success" -> {
                String url = state.path("content").asText();
                if (!url.startsWith("http")) {
                    throw failure(FailureKind.BROKEN, "the service finished a video without saying where it is");
                }
                yield Optional.of(url);
            }
            case "running", "pending", "processing", "queued" -> Optional.empty();
            default -> throw new UpstreamException(reason(state, status));
        };
    }

    /** Why a video failed, where the state says so. */
    private static Failure reason(JsonNode state, String status) {
        ObjectNode error = JsonNodeFactory.instance.objectNode();
        error.set("code", state.path("code"));
        error.put("message", state.path("message").asText(""));
        error.set("num", state.path("num"));
        Failure told = UpstreamErrorParser.of(
                        Operation.TASK_STATUS, JSON.createObjectNode().set("error", error), 200)
                .orElseThrow();
        boolean says = switch (told.kind()) {
            case BUSY, UNKNOWN, MODEL_GONE, EXPIRED, FORBIDDEN, BROKEN -> false;
            default -> true;
        };
        String name = status.matches("[A-Za-z_]{1,30}") ? status : "unknown";
        return says
                ? told
                : Failure.of(FailureKind.BROKEN, "the service could not make the video (" + name + ")")
                        .saying(told.said().orElse(""))
                        .in(RequestKind.VIDEO);
    }

    private static UpstreamException failure(FailureKind kind, String why) {
        return new UpstreamException(Failure.of(kind, why).in(RequestKind.VIDEO));
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
