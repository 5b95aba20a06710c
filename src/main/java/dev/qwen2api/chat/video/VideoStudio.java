package dev.qwen2api.chat.video;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.chat.AttachmentResolver;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.video.VideoJob.Fault;
import dev.qwen2api.chat.video.VideoJob.Order;
import dev.qwen2api.chat.video.VideoJob.Status;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs video jobs in the background. A job that the service has accepted is resumed after a restart. Thread-safe. */
public final class VideoStudio {

    private static final Logger LOG = LoggerFactory.getLogger(VideoStudio.class);
    private static final int MOST_AT_WORK = 50;
    private static final Duration KEPT = Duration.ofDays(7);

    /** What is kept of an order whose picture lives no longer than the process, until the service has taken it. */
    private static final Fault NOT_BEGUN = new Fault(
            ProblemKind.UPSTREAM_ERROR.code(), "The gateway ended before the video was begun. Order it again.");

    private final Answering answering;
    private final AttachmentResolver attachments;
    private final TaskWatch watch;
    private final VideoStore store;
    private final Executor executor;
    private final InstantSource clock;
    private final Map<String, VideoJob> jobs = new LinkedHashMap<>();

    /** Has a conversation answered. */
    @FunctionalInterface
    public interface Answering {
        void answer(Conversation conversation, AnswerSink sink) throws InterruptedException;
    }

    /**
     * What videos are made with.
     *
     * @param attachments fetches the pictures that videos begin with
     */
    public record Dependencies(
            Answering answering, AttachmentResolver attachments, TaskWatch watch, VideoStore store) {}

    public VideoStudio(Dependencies dependencies, Executor executor, InstantSource clock) {
        this.answering = dependencies.answering();
        this.attachments = dependencies.attachments();
        this.watch = dependencies.watch();
        this.store = dependencies.store();
        this.executor = executor;
        this.clock = clock;
    }

    /** Takes up what an earlier run left unfinished. Called once. */
    public void start() {
        for (VideoJob job : store.load()) {
            if (isOutdated(job)) {
                store.remove(job.id());
                continue;
            }
            put(job);
            if (!job.isOver()) {
                executor.execute(() -> work(job, () -> resume(job)));
            }
        }
    }

    private boolean isOutdated(VideoJob job) {
        return job.created().plus(KEPT).isBefore(clock.instant());
    }

    /** Forgets what nobody can want any more; what is being made is left alone. */
    private void sweep() {
        List<String> outdated;
        synchronized (this) {
            outdated = jobs.values().stream()
                    .filter(job -> job.isOver() && isOutdated(job))
                    .map(VideoJob::id)
                    .toList();
            jobs.keySet().removeAll(outdated);
        }
        outdated.forEach(store::remove);
    }

    /**
     * Takes an order, and with it the file of its picture, which is closed in the end.
     *
     * @param reference the picture that the video begins with
     * @throws dev.qwen2api.failure.ProblemException when too many are being made, or the picture is none
     */
    public VideoJob order(String owner, Order order, Optional<Media> reference) throws InterruptedException {
        sweep();
        requireRoom();
        AttachmentResolver.Resolved resolved = attachments.gather(conversation(order, reference), () -> false);
        boolean taken = false;
        try {
            VideoJob job = take(owner, order);
            // A picture does not outlive the process, so its order cannot be placed by the next one.
            store.save(reference.isPresent() ? job.failed(NOT_BEGUN, clock.instant()) : job);
            executor.execute(() -> begin(job, resolved, reference));
            taken = true;
            return job;
        } finally {
            if (!taken) {
                resolved.close();
            }
        }
    }

    private void begin(VideoJob job, AttachmentResolver.Resolved resolved, Optional<Media> reference) {
        try (resolved) {
            work(job, () -> answering.answer(resolved.conversation(), new Result(job.id())));
        } finally {
            reference.map(Media::source).ifPresent(source -> {
                if (source instanceof Media.Attached file) {
                    file.attachment().close();
                }
            });
        }
    }

    private synchronized VideoJob take(String owner, Order order) {
        requireRoom();
        var job = new VideoJob(
                "video_" + UUID.randomUUID().toString().replace("-", ""),
                owner,
                order,
                clock.instant(),
                Status.QUEUED,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        jobs.put(job.id(), job);
        return job;
    }

    private synchronized void requireRoom() {
        if (jobs.values().stream().filter(each -> !each.isOver()).count() >= MOST_AT_WORK) {
            throw Problem.retryable(
                            ProblemKind.RATE_LIMITED,
                            MOST_AT_WORK + " videos are being made. Order when some are finished.",
                            Duration.ofMinutes(2))
                    .toException();
        }
    }

    /** The order of that name, if it was given with that key. */
    public synchronized Optional<VideoJob> find(String owner, String id) {
        return Optional.ofNullable(jobs.get(id)).filter(job -> job.owner().equals(owner));
    }

    /** Forgets an order; one that is being made is given up. Returns whether there was one. */
    public boolean remove(String owner, String id) {
        synchronized (this) {
            if (find(owner, id).isEmpty()) {
                return false;
            }
            jobs.remove(id);
        }
        store.remove(id);
        return true;
    }

    private synchronized void put(VideoJob job) {
        jobs.put(job.id(), job);
    }

    private synchronized boolean isWanted(String id) {
        return jobs.containsKey(id);
    }

    private void change(String id, UnaryOperator<VideoJob> change) {
        VideoJob changed;
        synchronized (this) {
            changed = jobs.computeIfPresent(id, (same, job) -> change.apply(job));
        }
        if (changed != null) {
            store.save(changed);
        }
    }

    private void resume(VideoJob job) throws InterruptedException {
        if (job.task().isPresent()) {
            follow(job.id(), job.task().get());
        } else {
            answering.answer(conversation(job.order(), Optional.empty()), new Result(job.id()));
        }
    }

    /** The making of one video. */
    @FunctionalInterface
    private interface Making {
        void run() throws InterruptedException;
    }

    private void work(VideoJob job, Making making) {
        try {
            making.run();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            LOG.error(
                    "[VIDEO] {} failed unexpectedly: {}",
                    job.id(),
                    bug.getClass().getName());
            fail(job.id(), ProblemKind.INTERNAL.code(), "The gateway failed to make the video.");
        }
    }

    private void follow(String id, VideoJob.Task task) throws InterruptedException {
        try {
            String url = watch.await(task, () -> !isWanted(id));
            change(id, job -> job.completed(url, clock.instant()));
        } catch (UpstreamException broken) {
            fail(
                    id,
                    broken.failure().kind().problem().code(),
                    task.account() + ": " + broken.failure().toAsker() + ".");
        }
    }

    private void fail(String id, String code, String message) {
        change(id, job -> job.failed(new Fault(code, message), clock.instant()));
    }

    private static Conversation conversation(Order order, Optional<Media> reference) {
        var options = new Options(
                Optional.of(ChatType.VIDEO),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.of(order.size()),
                List.of(),
                OptionalInt.empty(),
                AnswerFormat.TEXT);
        var parts = new ArrayList<Message.Part>();
        reference.ifPresent(parts::add);
        parts.add(new Message.Text(order.prompt()));
        return new Conversation(
                order.model(),
                List.of(new Message(Message.Role.USER, parts, List.of(), "")),
                List.of(),
                ToolChoice.NONE,
                options);
    }

    /** Where the answer to an order goes. */
    private final class Result implements AnswerSink {

        private final String id;
        private @Nullable AccountId account;
        private @Nullable String url;

        Result(String id) {
            this.id = id;
        }

        @Override
        public String requestId() {
            return id;
        }

        @Override
        public void leased(AccountId by) {
            account = by;
        }

        @Override
        public void open() {}

        @Override
        public void on(AnswerEvent event) {
            if (event instanceof AnswerEvent.Rendering rendering && account != null) {
                var task = new VideoJob.Task(account, rendering.user(), rendering.task());
                change(id, job -> job.takenOn(task));
            } else if (event instanceof AnswerEvent.Video video) {
                url = video.url();
            }
        }

        @Override
        public void flush() {}

        @Override
        public void heartbeat() {}

        @Override
        public boolean clientGone() {
            return !isWanted(id);
        }

        @Override
        public void fail(Problem problem) {
            VideoStudio.this.fail(id, problem.kind().code(), problem.message());
        }

        @Override
        public void done() {
            String at = url;
            if (at == null) {
                VideoStudio.this.fail(
                        id, ProblemKind.UPSTREAM_ERROR.code(), "The service answered without a video. Try again.");
            } else {
                change(id, job -> job.completed(at, clock.instant()));
            }
        }
    }
}
