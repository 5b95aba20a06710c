package dev.qwen2api.fakeqwen;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A running answer of the service. It goes on when its client merely closes the socket; only a stop request, the
 * deletion of its chat or its own end ends it. Safe for use by several threads.
 */
final class Generation {
    private final Completion completion;
    private final Gauge gauge;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean stopped;

    Generation(Completion completion, Gauge gauge) {
        this.completion = completion;
        this.gauge = gauge;
    }

    /** The chat was free: it runs from now on. */
    void started() {
        gauge.up();
    }

    boolean stopped() {
        return stopped;
    }

    void sent(Step.Kind kind) {
        if (kind == Step.Kind.TEXT) {
            completion.sentText();
        }
    }

    void stop() {
        stopped = true;
        end();
    }

    void stopRequested() {
        completion.stopWasRequested();
        stop();
    }

    void end() {
        if (over.compareAndSet(false, true)) {
            gauge.down();
        }
    }
}
