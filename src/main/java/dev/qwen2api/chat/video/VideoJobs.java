package dev.qwen2api.chat.video;

import dev.qwen2api.chat.video.VideoJob.Order;
import dev.qwen2api.chat.video.VideoJob.Status;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The video jobs of the last days, in memory and in the store. Thread-safe. */
final class VideoJobs {

    private static final int MOST_AT_WORK = 50;
    private static final Duration KEPT = Duration.ofDays(7);

    private final VideoStore store;
    private final InstantSource clock;
    private final Map<String, VideoJob> jobs = new LinkedHashMap<>();

    VideoJobs(VideoStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Loads the jobs of earlier runs, and removes outdated ones from the store. */
    List<VideoJob> load() {
        var loaded = new ArrayList<VideoJob>();
        for (VideoJob job : store.load()) {
            if (isOutdated(job)) {
                store.remove(job.id());
            } else {
                loaded.add(job);
            }
        }
        synchronized (this) {
            loaded.forEach(job -> jobs.put(job.id(), job));
        }
        return loaded;
    }

    private boolean isOutdated(VideoJob job) {
        return job.created().plus(KEPT).isBefore(clock.instant());
    }

    /** Removes outdated jobs that are over. */
    void sweep() {
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
     * Creates a queued job, not stored yet.
     *
     * @throws dev.qwen2api.failure.ProblemException when too many are being made
     */
    synchronized VideoJob create(String owner, Order order) {
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

    /** Throws a {@link dev.qwen2api.failure.ProblemException} when too many are being made. */
    synchronized void requireRoom() {
        if (jobs.values().stream().filter(each -> !each.isOver()).count() >= MOST_AT_WORK) {
            throw Problem.retryable(
                            ProblemKind.RATE_LIMITED,
                            MOST_AT_WORK + " videos are being made. Order when some are finished.",
                            Duration.ofMinutes(2))
                    .toException();
        }
    }

    synchronized Optional<VideoJob> find(String owner, String id) {
        return Optional.ofNullable(jobs.get(id)).filter(job -> job.owner().equals(owner));
    }

    /** Removes a job; returns whether there was one. */
    boolean remove(String owner, String id) {
        synchronized (this) {
            if (find(owner, id).isEmpty()) {
                return false;
            }
            jobs.remove(id);
        }
        store.remove(id);
        return true;
    }

    /** Whether the job has not been removed. */
    synchronized boolean isWanted(String id) {
        return jobs.containsKey(id);
    }

    /** Stores a job as it is to be found after a restart. */
    void save(VideoJob job) {
        store.save(job);
    }

    /** Changes a job in memory and in the store, unless it has been removed. */
    void change(String id, UnaryOperator<VideoJob> change) {
        VideoJob changed;
        synchronized (this) {
            changed = jobs.computeIfPresent(id, (same, job) -> change.apply(job));
        }
        if (changed != null) {
            store.save(changed);
        }
    }
}
