package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.video.TaskWatch;
import dev.qwen2api.chat.video.VideoJob;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Watches videos that an earlier run had begun. Thread-safe. */
public final class VideoTasks implements TaskWatch {

    private final QwenClient client;
    private final Function<AccountId, Optional<Account>> accounts;

    /**
     * @param accounts finds an account with its newest session
     */
    public VideoTasks(QwenClient client, Function<AccountId, Optional<Account>> accounts) {
        this.client = client;
        this.accounts = accounts;
    }

    @Override
    public String await(VideoJob.Task task, BooleanSupplier gone) throws UpstreamException, InterruptedException {
        Account account = accounts.apply(task.account())
                .orElseThrow(() -> new UpstreamException(Failure.of(
                        FailureKind.FORBIDDEN, "the account that was asked for the video is not there any more")));
        return new VideoPoller(client, account, task.id()).await(new Uploader.Watch(gone, () -> {}));
    }
}
