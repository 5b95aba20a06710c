package dev.qwen2api.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.Question;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.qwen.Attempt.Prompt;
import dev.qwen2api.qwen.Attempt.Upstream;
import java.time.Clock;
import java.time.Duration;

/** Answers through the web API: a new chat for every question, which is deleted afterwards. Thread-safe. */
public final class WebChannel implements Channel {

    /** Far below what models could take: from about 62,000 characters the service asks for a human check (seen 2026-09). */
    private static final int LONGEST_MESSAGE = 60_000;

    private final Upstream upstream;

    public WebChannel(QwenClient client, ChatJanitor janitor, Clock clock) {
        this.upstream = new Upstream(client, janitor, clock, new Alarm());
    }

    @Override
    public AnswerStream open(Question question, Account account) {
        String message = Transcript.of(question);
        int length = message.codePointCount(0, message.length());
        if (length > LONGEST_MESSAGE) {
            return new Refused(Failure.of(
                    Failure.Kind.TOO_LONG,
                    "the conversation has " + length + " characters, the service takes " + LONGEST_MESSAGE));
        }
        var stream = new WebStream(upstream, account, new Prompt(question, message, question.thinking()));
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
