package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.Media;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.upload.UploadWatch;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Uploads what a prompt attaches; documents of the gateway that cannot be attached are left out of it. */
final class PromptUpload {

    private static final Logger LOG = LoggerFactory.getLogger(PromptUpload.class);

    private PromptUpload() {}

    /**
     * A prompt that can be sent.
     *
     * @param files its attachments as elements of {@code files[]}
     */
    record Uploaded(Prompt prompt, List<String> files) {}

    static CompletableFuture<Uploaded> start(Uploader uploader, Account account, Prompt prompt, UploadWatch watch) {
        return upload(uploader, account, prompt.attachments(), watch)
                .thenCompose(files -> upload(uploader, account, prompt.message().documents(), watch)
                        .thenApply(documents -> new Uploaded(
                                prompt,
                                Stream.concat(files.stream(), documents.stream())
                                        .toList()))
                        .exceptionally(broken -> withoutDocuments(account, new Uploaded(prompt, files), broken)));
    }

    private static CompletableFuture<List<String>> upload(
            Uploader uploader, Account account, List<Media> media, UploadWatch watch) {
        return media.isEmpty() ? CompletableFuture.completedFuture(List.of()) : uploader.upload(account, media, watch);
    }

    /** Only a session that has ended has to be renewed before the prompt is sent. */
    private static Uploaded withoutDocuments(Account account, Uploaded uploaded, Throwable broken) {
        Failure failure = TransportErrors.of(broken);
        if (failure.kind() == FailureKind.EXPIRED) {
            throw new CompletionException(TransportErrors.root(broken));
        }
        LOG.warn("[CHAT] {}: documents could not be attached: {}", account.id(), failure.detail());
        return new Uploaded(uploaded.prompt().withoutDocuments(), uploaded.files());
    }
}
