package dev.qwen2api.http.server;

import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.http.routes.ChatEndpoint.Answerer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A domain that says a little, waits until the test lets it go on, and says the rest. */
final class Gate implements Answerer {

    private final String first;
    private final String rest;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    Gate(String first, String rest) {
        this.first = first;
        this.rest = rest;
    }

    @Override
    public void answer(Conversation conversation, AnswerSink sink) throws InterruptedException {
        if (!first.isEmpty()) {
            sink.open();
            sink.on(new Text(first));
            sink.flush();
        }
        reached.countDown();
        open.await();
        say(sink, first.isEmpty(), rest);
    }

    static void say(AnswerSink sink, boolean open, String text) {
        if (open) {
            sink.open();
        }
        sink.on(new Text(text));
        sink.on(new Finished(Finished.Reason.STOP));
        sink.done();
    }

    void awaitReached() throws InterruptedException {
        if (!reached.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("no request came");
        }
    }

    void open() {
        open.countDown();
    }
}
