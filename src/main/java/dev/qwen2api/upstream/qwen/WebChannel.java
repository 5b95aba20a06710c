package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.UpstreamAttempt.Prompt;
import dev.qwen2api.upstream.qwen.UpstreamAttempt.Upstream;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Answers through the web API: a new chat for every question, which is deleted afterwards. Thread-safe. */
public final class WebChannel implements Channel {

    /** Far below what models could take: from about 62,000 characters the service asks for a human check (seen 2026-09). */
    private static final int LONGEST_MESSAGE = 60_000;

    /** What the service takes as one document (seen 2026-08). */
    private static final int LARGEST_DOCUMENT = 20 << 20;

    private final Upstream upstream;

    public WebChannel(QwenClient client, ChatJanitor janitor, Uploader uploader, Clock clock) {
        this.upstream = new Upstream(client, janitor, new PrewarmedChats(client, janitor, clock), uploader, clock);
    }

    /**
     * Whether a chat is made ahead for each account that has just answered, from now on.
     *
     * @param ahead false also gives those that wait to the janitor
     */
    public void prewarm(boolean ahead) {
        upstream.warm().apply(ahead);
    }

    @Override
    public AnswerStream open(ResolvedConversation resolvedConversation, Account account) {
        Transcript.PromptMessage promptMessage = Transcript.of(resolvedConversation, LONGEST_MESSAGE);
        var attachments = new ArrayList<Media>();
        if (promptMessage.document().isPresent()) {
            Media document = TranscriptDocument.of(promptMessage.document().get());
            long size = ((Media.Attached) document.source()).attachment().size();
            if (size > LARGEST_DOCUMENT) {
                return new Refused(Failure.of(
                        FailureKind.TOO_LONG,
                        "the conversation has " + size + " bytes, the service takes " + LARGEST_DOCUMENT));
            }
            attachments.add(document);
        }
        resolvedConversation.conversation().turns().forEach(message -> attachments.addAll(Media.in(message)));
        var prompt = new Prompt(
                resolvedConversation, promptMessage.words(), List.copyOf(attachments), resolvedConversation.thinking());
        var stream = new WebAnswerStream(upstream, account, prompt);
        stream.start();
        return stream;
    }

    /** An answer that will not come, because the question is not worth sending. */
    private record Refused(Failure failure) implements AnswerStream {

        @Override
        public Progress read(Duration patience, AnswerListener listener) throws UpstreamException {
            throw new UpstreamException(failure);
        }

        @Override
        public void close() {}
    }
}
