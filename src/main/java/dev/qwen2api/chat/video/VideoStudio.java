package dev.qwen2api.chat.video;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.chat.AttachmentResolver;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.video.VideoJob.Fault;
import dev.qwen2api.chat.video.VideoJob.Order;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import dev.qwen2api.failure.UpstreamException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs video jobs in the background. A job that the service has accepted is resumed after a restart. Thread-safe. */
public final class VideoStudio {

    private static final Logger LOG = LoggerFactory.getLogger(VideoStudio.class);

    /** What is kept of an order whose picture lives no longer than the process, until the service has taken it. */
    private static final Fault NOT_BEGUN = new Fault(
            ProblemKind.UPSTREAM_ERROR.code(), "The gateway ended before the video was begun. Order it again.");

    private final Answering answering;
    private final AttachmentResolver attachments;
    private final TaskWatch watch;
    private final Executor executor;
    private final InstantSource clock;
    private final VideoJobs jobs;

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
        this.executor = executor;
        this.clock = clock;
        this.jobs = new VideoJobs(dependencies.store(), clock);
    }

    /** Takes up what an earlier run left unfinished. Called once. */
    public void start() {
        for (VideoJob job : jobs.load()) {
            if (!job.isOver()) {
                executor.execute(() -> work(job, () -> resume(job)));
            }
        }
    }

    /**
     * Takes an order, and with it the file of its picture, which is closed in the end.
     *
     * @param reference the picture that the video begins with
     * @throws dev.qwen2api.failure.ProblemException when too many are being made, or the picture is none
     */
    public VideoJob order(String owner, Order order, Optional<Media> reference) throws InterruptedException {
        jobs.sweep();
        jobs.requireRoom();
        AttachmentResolver.Resolved resolved = attachments.gather(conversation(order, reference), () -> false);
        boolean taken = false;
        try {
            VideoJob job = jobs.create(owner, order);
            // A picture does not outlive the process, so its order cannot be placed by the next one.
            jobs.save(reference.isPresent() ? job.failed(NOT_BEGUN, clock.instant()) : job);
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

    /** The order of that name, if it was given with that key. */
    public Optional<VideoJob> find(String owner, String id) {
        return jobs.find(owner, id);
    }

    /** Forgets an order; one that is being made is given up. Returns whether there was one. */
    public boolean remove(String owner, String id) {
        return jobs.remove(owner, id);
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
            String url = watch.await(task, () -> !jobs.isWanted(id));
            jobs.change(id, job -> job.completed(url, clock.instant()));
        } catch (UpstreamException broken) {
            fail(
                    id,
                    broken.failure().kind().problem().code(),
                    task.account() + ": " + broken.failure().forClient() + ".");
        }
    }

    private void fail(String id, String code, String message) {
        jobs.change(id, job -> job.failed(new Fault(code, message), clock.instant()));
    }

    private static Conversation conversation(Order order, Optional<Media> reference) {
        return Conversation.drawing(
                order.model(),
                reference.stream().toList(),
                order.prompt(),
                Options.drawing(ChatType.VIDEO, Optional.of(order.size())));
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
                jobs.change(id, job -> job.takenOn(task));
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
            return !jobs.isWanted(id);
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
                jobs.change(id, job -> job.completed(at, clock.instant()));
            }
        }
    }

    /** Watches a video task that is running at the service. Thread-safe. */
    @FunctionalInterface
    public interface TaskWatch {

        /**
         * Waits until it is finished.
         *
         * @param gone whether nobody wants it any more
         * @return where it lies
         */
        String await(VideoJob.Task task, BooleanSupplier gone) throws UpstreamException, InterruptedException;
    }
}
