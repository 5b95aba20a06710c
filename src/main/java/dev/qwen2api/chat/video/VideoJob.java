package dev.qwen2api.chat.video;

import dev.qwen2api.account.AccountId;
import java.time.Instant;
import java.util.Optional;

/**
 * A video job and its status.
 *
 * @param id its name for clients
 * @param owner fingerprint of the key that it was ordered with
 * @param order what was ordered
 * @param created when
 * @param status how far it is
 * @param task what the upstream calls it, and who alone may ask there; empty until it was taken on
 * @param url where the video lies; empty until it is finished
 * @param fault why it failed; empty unless it did
 * @param ended when it was finished or failed
 */
public record VideoJob(
        String id,
        String owner,
        Order order,
        Instant created,
        Status status,
        Optional<Task> task,
        Optional<String> url,
        Optional<Fault> fault,
        Optional<Instant> ended) {

    /** OpenAI's names, in lower case. */
    public enum Status {
        QUEUED,
        IN_PROGRESS,
        COMPLETED,
        FAILED
    }

    /**
     * What was ordered.
     *
     * @param model as the client wrote it
     * @param prompt the words
     * @param size as the client wrote it
     */
    public record Order(String model, String prompt, String size) {}

    /**
     * The upstream's task.
     *
     * @param account the number that its account had
     * @param user whose task it is, whatever the number is now; empty where that is not known
     * @param id the upstream's name of it
     */
    public record Task(AccountId account, Optional<String> user, String id) {}

    /** An error, as clients are told of it. */
    public record Fault(String code, String message) {}

    boolean isOver() {
        return status == Status.COMPLETED || status == Status.FAILED;
    }

    VideoJob takenOn(Task by) {
        return new VideoJob(id, owner, order, created, Status.IN_PROGRESS, Optional.of(by), url, fault, ended);
    }

    VideoJob completed(String at, Instant now) {
        return new VideoJob(
                id, owner, order, created, Status.COMPLETED, task, Optional.of(at), Optional.empty(), Optional.of(now));
    }

    VideoJob failed(Fault why, Instant now) {
        return new VideoJob(
                id, owner, order, created, Status.FAILED, task, Optional.empty(), Optional.of(why), Optional.of(now));
    }

    /** Says neither who ordered it nor what. */
    @Override
    public String toString() {
        return "VideoJob[" + id + ", " + status + "]";
    }
}
