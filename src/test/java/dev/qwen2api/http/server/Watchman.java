package dev.qwen2api.http.server;

import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.chat.ClientGoneException;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.http.routes.ChatEndpoint.Answerer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A domain that stays silent and asks ten times a second whether the client is still there, as the real one does. */
final class Watchman implements Answerer {

    private static final int MOST_LOOKS = 100;

    private final String first;
    private final CountDownLatch watching = new CountDownLatch(3);
    private final CompletableFuture<Boolean> sawItGo = new CompletableFuture<>();

    Watchman(String first) {
        this.first = first;
    }

    @Override
    public void answer(Conversation conversation, AnswerSink sink) throws InterruptedException {
        if (!first.isEmpty()) {
            sink.open();
            sink.on(new Text(first));
            sink.flush();
        }
        for (int i = 0; i < MOST_LOOKS; i++) {
            if (sink.clientGone()) {
                sawItGo.complete(true);
                throw new ClientGoneException();
            }
            watching.countDown();
            Thread.sleep(100);
        }
        sawItGo.complete(false);
        Gate.say(sink, first.isEmpty(), "late");
    }

    void awaitWatching() throws InterruptedException {
        if (!watching.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("no request came");
        }
    }

    /** Whether the client was seen to go while the handler still looked. */
    boolean seesItGo() throws Exception {
        return sawItGo.get(20, TimeUnit.SECONDS);
    }
}
