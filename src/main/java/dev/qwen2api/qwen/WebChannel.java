package dev.qwen2api.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Question;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.qwen.Attempt.Prompt;
import dev.qwen2api.qwen.Attempt.Upstream;
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
        this.upstream = new Upstream(client, janitor, new WarmChats(client, janitor, clock), uploader, clock);
    }

    /**
     * Whether a chat is made ahead for each account that has just answered, from now on.
     *
     * @param ahead false also gives those that wait to the janitor
     */
    public void prewarm(boolean ahead) {
        upstream.warm().obey(ahead);
    }

    @Override
    public AnswerStream open(Question question, Account account) {
        Transcript.Message message = Transcript.of(question, LONGEST_MESSAGE);
        var attachments = new ArrayList<Media>();
        if (message.document().isPresent()) {
            Media document = Document.of(message.document().get());
            long size = ((Media.Attached) document.source()).attachment().size();
            if (size > LARGEST_DOCUMENT) {
                return new Refused(Failure.of(
                        Failure.Kind.TOO_LONG,
                        "the conversation has " + size + " bytes, the service takes " + LARGEST_DOCUMENT));
            }
            attachments.add(document);
        }
        question.conversation().turns().forEach(turn -> attachments.addAll(turn.media()));
        var prompt = new Prompt(question, message.words(), List.copyOf(attachments), question.thinking());
        var stream = new WebStream(upstream, account, prompt);
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
