package dev.qwen2api.upstream.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.Account;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.chat.video.VideoStudio.TaskWatch;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.error.UpstreamErrorParser;
import dev.qwen2api.upstream.qwen.stream.BoundedJson;
import dev.qwen2api.upstream.qwen.upload.UploadWatch;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Polls videos that are being made, which takes the upstream minutes (93 to 343 s for five seconds, VA 2026-09), until
 * they are finished. Each poll is sent with the session that the user has by then, renewed where it has ended; one that
 * cannot be renewed is waited for. Blocks the thread that runs it. Thread-safe.
 */
public final class VideoPoller implements TaskWatch {

    private static final Duration FIRST_POLL = Duration.ofMillis(500);
    /** As the web app polls (13 row 15, 2026-09). */
    private static final Duration BETWEEN_POLLS = Duration.ofSeconds(10);

    private static final Duration BETWEEN_POLLS_FROM_PICTURE = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration POLL = Duration.ofSeconds(30);
    /** Where the state of a task is, newest first: it moved from v2 to v1 in the middle of 2026 (VC). */
    private static final List<String> VERSIONS = List.of("v1", "v2");

    /** Polls in a row that may fail, for a network that is gone for a moment. */
    private static final int MOST_FAILURES = 6;

    private final QwenClient client;
    private final Function<VideoJob.Task, Optional<Account>> accounts;
    private final SessionKeeper sessions;
    private final Clock clock;
    private final LongSupplier nanoTime;

    /**
     * @param accounts finds the account of the user who ordered a video, with its newest session
     * @param nanoTime monotonic nanoseconds, such as {@link System#nanoTime}
     */
    public VideoPoller(
            QwenClient client,
            Function<VideoJob.Task, Optional<Account>> accounts,
            SessionKeeper sessions,
            Clock clock,
            LongSupplier nanoTime) {
        this.client = client;
        this.accounts = accounts;
        this.sessions = sessions;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** The name of the task that the reply to an order speaks of. */
    static Optional<String> task(byte[] reply) {
        JsonNode id = BoundedJson.read(reply).at("/data/messages/0/extra/wanx/task_id");
        return Optional.ofNullable(id.textValue()).filter(text -> text.matches("[A-Za-z0-9_-]{1,100}"));
    }

    @Override
    public String await(VideoJob.Task task, BooleanSupplier gone) throws UpstreamException, InterruptedException {
        Account account = accounts.apply(task)
                .orElseThrow(() ->
                        failure(FailureKind.FORBIDDEN, "the account that ordered the video does not exist any more"));
        return await(account, task.id(), BETWEEN_POLLS, new UploadWatch(gone, () -> {}));
    }

    /** Polls until the video is finished; its address. */
    String await(Account account, String taskId, boolean fromPicture, UploadWatch watch)
            throws UpstreamException, InterruptedException {
        return await(account, taskId, fromPicture ? BETWEEN_POLLS_FROM_PICTURE : BETWEEN_POLLS, watch);
    }

    private String await(Account account, String taskId, Duration between, UploadWatch watch)
            throws UpstreamException, InterruptedException {
        long end = nanoTime.getAsLong() + LONGEST.toNanos();
        long pause = FIRST_POLL.toNanos();
        int failures = 0;
        while (nanoTime.getAsLong() - end < 0) {
            TimeUnit.NANOSECONDS.sleep(pause);
            watch.check();
            pause = Math.min(pause * 2, between.toNanos());
            Poll poll = poll(account, taskId);
            failures = poll.failed() ? failures + 1 : 0;
            if (failures >= MOST_FAILURES) {
                throw failure(FailureKind.BROKEN, "the service does not say how far the video is");
            }
            if (poll.state().isPresent()) {
                Optional<String> url = finished(poll.state().get());
                if (url.isPresent()) {
                    return url.get();
                }
            }
            if (!poll.failed()) {
                watch.alive().run();
            }
        }
        throw failure(FailureKind.SILENT, "the video was not finished within " + LONGEST.toMinutes() + " min");
    }

    /**
     * What a poll brought.
     *
     * @param state the state of the task; empty where the service said none
     * @param failed whether the service could not be asked, which a dead session is not: the video goes on being made,
     *     and the owner may copy a fresh cookie
     */
    private record Poll(Optional<JsonNode> state, boolean failed) {
        static final Poll FAILED = new Poll(Optional.empty(), true);
        static final Poll WITHOUT_SESSION = new Poll(Optional.empty(), false);
    }

    private Poll poll(Account orderer, String taskId) throws InterruptedException {
        try {
            Account account = sessions.living(orderer).get(POLL.toSeconds(), TimeUnit.SECONDS);
            for (String version : VERSIONS) {
                HttpResponse<byte[]> reply =
                        client.task(account, version, taskId).get(POLL.toSeconds(), TimeUnit.SECONDS);
                JsonNode json = BoundedJson.read(reply.body());
                JsonNode state = json.has("task_status") ? json : json.path("data");
                if (state.has("task_status")) {
                    return new Poll(Optional.of(state), false);
                }
                Failure failure = FailureClassifier.classify(Operation.TASK_STATUS, reply, clock.instant());
                if (failure.kind() == FailureKind.EXPIRED) {
                    sessions.renewed(account, failure).get(POLL.toSeconds(), TimeUnit.SECONDS);
                    return Poll.WITHOUT_SESSION;
                }
            }
            return Poll.FAILED;
        } catch (ExecutionException broken) {
            boolean dead = broken.getCause() instanceof UpstreamException refused
                    && refused.failure().kind() == FailureKind.EXPIRED;
            return dead ? Poll.WITHOUT_SESSION : Poll.FAILED;
        } catch (TimeoutException passing) {
            return Poll.FAILED;
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
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode error =
                json.putObject("error").put("message", state.path("message").asText(""));
        error.set("code", state.path("code"));
        error.set("num", state.path("num"));
        Failure told = UpstreamErrorParser.of(Operation.TASK_STATUS, json, 200).orElseThrow();
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
}
