package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Lease;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.WireChanges;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What the web channel and every attempt work with.
 *
 * @param sessions renews sessions that have ended, or that the upstream calls dead before the first event
 * @param models reads its list again when the upstream no longer has a model of it
 * @param changes counts what the upstream says and no table knows
 * @param lease the account's, where a request has one
 */
public record Upstream(
        QwenClient client,
        ChatJanitor janitor,
        Uploader uploader,
        VideoPoller videos,
        SessionKeeper sessions,
        ModelCache models,
        WireChanges changes,
        Clock clock,
        Executor executor,
        Optional<Lease> lease) {

    /** What all requests share. */
    public Upstream(
            QwenClient client,
            ChatJanitor janitor,
            Uploader uploader,
            VideoPoller videos,
            SessionKeeper sessions,
            ModelCache models,
            WireChanges changes,
            Clock clock,
            Executor executor) {
        this(client, janitor, uploader, videos, sessions, models, changes, clock, executor, Optional.empty());
    }

    /** The same for the request that has that lease. */
    Upstream with(Lease granted) {
        return new Upstream(
                client, janitor, uploader, videos, sessions, models, changes, clock, executor, Optional.of(granted));
    }

    /** Takes note of what a failure says of the upstream itself. */
    void failed(Failure failure) {
        changes.failure(failure);
        if (failure.kind() == FailureKind.MODEL_GONE) {
            models.modelGone();
        }
    }

    Instant now() {
        return clock.instant();
    }
}
