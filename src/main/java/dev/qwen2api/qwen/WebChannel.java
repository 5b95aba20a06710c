package dev.qwen2api.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Channel;
import dev.qwen2api.chat.Question;
import java.time.Clock;

/** Answers through the web API: a new chat for every question, which is deleted afterwards. Thread-safe. */
public final class WebChannel implements Channel {

    private final QwenClient client;
    private final ChatJanitor janitor;
    private final Clock clock;

    public WebChannel(QwenClient client, ChatJanitor janitor, Clock clock) {
        this.client = client;
        this.janitor = janitor;
        this.clock = clock;
    }

    @Override
    public AnswerStream open(Question question, Account account) {
        var stream = new WebStream(client, janitor, clock, question, account);
        stream.start();
        return stream;
    }
}
