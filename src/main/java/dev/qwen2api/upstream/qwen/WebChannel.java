package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.UpstreamAttempt.Upstream;
import dev.qwen2api.upstream.qwen.error.WireChanges;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.time.Clock;
import java.time.Duration;

/** Answers through the web API: a new chat for every question, which is deleted afterwards. Thread-safe. */
public final class WebChannel implements Channel {

    private final Upstream upstream;
    private volatile Rules rules;

    /**
     * What the channel works with.
     *
     * @param sessions renews sessions that have ended, or that the upstream calls dead before the first event
     * @param changes counts what the upstream says and no table knows
     */
    public record Dependencies(
            QwenClient client,
            ChatJanitor janitor,
            Uploader uploader,
            VideoPoller videos,
            SessionKeeper sessions,
            WireChanges changes,
            Clock clock) {}

    /**
     * Settings that may change while the service runs.
     *
     * @param promptMaxBytes most bytes of the JSON body of a request for an answer
     */
    public record Rules(int promptMaxBytes) {}

    public WebChannel(Dependencies dependencies, Rules rules) {
        this.rules = rules;
        QwenClient client = dependencies.client();
        Clock clock = dependencies.clock();
        this.upstream = new Upstream(
                client,
                dependencies.janitor(),
                dependencies.uploader(),
                dependencies.videos(),
                dependencies.sessions(),
                dependencies.changes(),
                new PrewarmedChats(client, dependencies.janitor(), clock),
                new PictureLinks(client),
                clock);
    }

    /**
     * Whether a chat is made ahead for each account that has just answered, from now on.
     *
     * @param ahead false also gives those that wait to the janitor
     */
    public void prewarm(boolean ahead) {
        upstream.warm().apply(ahead);
    }

    /** Puts other settings in force for the requests to come. */
    public void apply(Rules next) {
        rules = next;
    }

    @Override
    public AnswerStream open(ResolvedConversation resolvedConversation, Account account) {
        try {
            var stream =
                    new WebAnswerStream(upstream, account, Prompt.of(resolvedConversation, rules.promptMaxBytes()));
            stream.start();
            return stream;
        } catch (UpstreamException refused) {
            return new Refused(refused);
        }
    }

    /** An answer that will not come, because the question is not worth sending. */
    private record Refused(UpstreamException why) implements AnswerStream {

        @Override
        public Progress read(Duration patience, AnswerListener listener) throws UpstreamException {
            throw why;
        }

        @Override
        public void close() {}
    }
}
