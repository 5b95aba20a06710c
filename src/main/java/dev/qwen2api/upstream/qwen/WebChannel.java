package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.error.WireChanges;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Answers through the web API: in the chat that has the conversation so far, or else in a new one. Chats are deleted
 * when no next message comes. Thread-safe.
 */
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
            Clock clock,
            Executor executor) {}

    /**
     * Settings that may change while the service runs.
     *
     * @param promptMaxBytes most bytes of the JSON body of a request for an answer
     * @param reuse how long a chat waits for the client's next message; zero if chats are not used again
     */
    public record Rules(int promptMaxBytes, Duration reuse) {}

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
                new ReusableChats(dependencies.janitor(), clock, dependencies.executor(), rules.reuse()),
                new PictureLinks(client),
                clock);
    }

    /** Puts other settings in force for the requests to come. */
    public void apply(Rules next) {
        rules = next;
        upstream.chats().apply(next.reuse());
    }

    /** Disposes of the chats that wait for a next message. */
    public void close() {
        upstream.chats().close();
    }

    @Override
    public Optional<AccountId> preferred(ResolvedConversation resolvedConversation) {
        return ChatReuse.fingerprint(upstream.chats(), resolvedConversation).flatMap(upstream.chats()::account);
    }

    @Override
    public AnswerStream open(ResolvedConversation resolvedConversation, Account account) {
        try {
            int longest = rules.promptMaxBytes();
            var reuse = new ChatReuse(upstream.chats(), resolvedConversation, longest);
            Optional<Prompt> next =
                    reuse.next(account, chat -> upstream.janitor().dispose(chat.account(), chat.id()));
            Prompt prompt = next.isPresent() ? next.get() : reuse.whole();
            var stream = new WebAnswerStream(upstream, account, prompt, reuse);
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
