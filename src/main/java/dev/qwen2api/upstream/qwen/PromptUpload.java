package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.Lease;
import dev.qwen2api.chat.Media;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.RequestKind;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.upload.UploadWatch;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads what a prompt attaches. Documents of the gateway that cannot be attached are left out of it, and so are those
 * that are not up yet while the account's uploads are limited (13 rows 4 and 19, 2026-09).
 */
final class PromptUpload {

    private static final Logger LOG = LoggerFactory.getLogger(PromptUpload.class);

    private final Uploader uploader;
    private final Account account;
    private final UploadWatch watch;
    private final Optional<Lease> lease;

    /** @param lease knows the account's limits and learns of them, where a request has one */
    PromptUpload(Uploader uploader, Account account, UploadWatch watch, Optional<Lease> lease) {
        this.uploader = uploader;
        this.account = account;
        this.watch = watch;
        this.lease = lease;
    }

    /**
     * A prompt that can be sent.
     *
     * @param files its attachments as elements of {@code files[]}
     */
    record Uploaded(Prompt prompt, List<String> files) {

        private Uploaded withDocuments(List<String> documents) {
            return new Uploaded(
                    prompt, Stream.concat(files.stream(), documents.stream()).toList());
        }

        private Uploaded withoutDocuments() {
            return new Uploaded(prompt.withoutDocuments(), files);
        }
    }

    CompletableFuture<Uploaded> start(Prompt prompt) {
        List<Media> media = prompt.attachments();
        CompletableFuture<List<String>> files =
                media.isEmpty() ? CompletableFuture.completedFuture(List.of()) : uploader.upload(account, media, watch);
        return files.thenCompose(there -> documents(new Uploaded(prompt, there)));
    }

    private CompletableFuture<Uploaded> documents(Uploaded uploaded) {
        List<Media> documents = uploaded.prompt().message().documents();
        Optional<List<String>> known = uploader.known(account, documents);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(uploaded.withDocuments(known.get()));
        }
        if (lease.filter(granted -> granted.isOutFor(RequestKind.UPLOAD)).isPresent()) {
            LOG.warn("[CHAT] {}: documents are not attached while its uploads are limited", account.id());
            return CompletableFuture.completedFuture(uploaded.withoutDocuments());
        }
        return uploader.upload(account, documents, watch)
                .thenApply(files -> {
                    lease.ifPresent(granted -> granted.succeeded(RequestKind.UPLOAD));
                    return uploaded.withDocuments(files);
                })
                .exceptionally(broken -> withoutDocuments(uploaded, broken));
    }

    /** Only a session that has ended has to be renewed before the prompt is sent. */
    private Uploaded withoutDocuments(Uploaded uploaded, Throwable broken) {
        Failure failure = TransportErrors.of(broken);
        if (failure.kind() == FailureKind.EXPIRED) {
            throw new CompletionException(TransportErrors.root(broken));
        }
        LOG.warn("[CHAT] {}: documents could not be attached: {}", account.id(), failure.detail());
        if (!watch.given().getAsBoolean()) {
            lease.ifPresent(granted -> granted.failed(failure.in(RequestKind.UPLOAD)));
        }
        return uploaded.withoutDocuments();
    }
}
