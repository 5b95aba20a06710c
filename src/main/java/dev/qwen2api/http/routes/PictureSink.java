package dev.qwen2api.http.routes;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerSink;
import dev.qwen2api.failure.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the pictures of one answer. Used by one thread, then read by another. */
final class PictureSink implements AnswerSink {

    private final String requestId;
    private final BooleanSupplier gone;
    private final Consumer<String> leased;
    private final Runnable heartbeat;
    private final List<String> urls = new ArrayList<>();
    private @Nullable Problem problem;

    /**
     * @param leased receives the name of each account that is tried
     * @param heartbeat called in the thread of the request
     */
    PictureSink(String requestId, BooleanSupplier gone, Consumer<String> leased, Runnable heartbeat) {
        this.requestId = requestId;
        this.gone = gone;
        this.leased = leased;
        this.heartbeat = heartbeat;
    }

    List<String> urls() {
        return List.copyOf(urls);
    }

    Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public void leased(AccountId account) {
        leased.accept(account.toString());
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public boolean isWhole() {
        return true;
    }

    @Override
    public void open() {}

    @Override
    public void on(AnswerEvent event) {
        if (event instanceof AnswerEvent.Picture picture) {
            urls.add(picture.url());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void heartbeat() {
        heartbeat.run();
    }

    @Override
    public void fail(Problem told) {
        problem = told;
    }

    @Override
    public void done() {}

    @Override
    public boolean clientGone() {
        return gone.getAsBoolean();
    }
}
