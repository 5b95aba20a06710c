package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Completion.Outcome;
import dev.qwen2api.fakeqwen.Step.Frame;
import dev.qwen2api.fakeqwen.Step.Kind;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Plays the steps of one answer to one client. */
final class StreamPlayer {
    private static final Reply HEAD = Reply.of(200, "text/event-stream; charset=utf-8", "");

    private final Exchange exchange;
    private final Generation generation;
    private final Consumer<Outcome> ending;
    private boolean last;

    /**
     * A player.
     *
     * @param ending told how it ended, before the client can see the end
     */
    StreamPlayer(Exchange exchange, Generation generation, Consumer<Outcome> ending) {
        this.exchange = exchange;
        this.generation = generation;
        this.ending = ending;
    }

    /**
     * Plays all steps unless the generation is stopped before.
     *
     * @throws ClientGone if the client leaves
     * @throws ConnectionCut if a fault drops the connection
     */
    void play(List<Step> steps) throws IOException {
        BodyStream body = exchange.stream(HEAD);
        for (Step step : steps) {
            if (generation.stopped() || body.ended()) {
                break;
            }
            play(step, body);
        }
        boolean whole = last && !body.ended();
        body.finish();
        ending.accept(generation.stopped() ? Outcome.STOPPED : whole ? Outcome.FINISHED : Outcome.CUT);
        body.flush();
    }

    private void play(Step step, BodyStream body) throws IOException {
        if (step instanceof Frame frame) {
            last |= frame.is(Kind.LAST) || frame.is(Kind.BODY);
            body.write(frame.bytes());
            generation.sent(frame.kind());
        } else if (step instanceof Step.Pause pause) {
            body.flush();
            exchange.rest(pause.length().toMillis(), generation::stopped);
        } else if (step instanceof Step.Repeat repeat) {
            while (!generation.stopped() && !body.ended()) {
                body.write(repeat.bytes());
                body.flush();
                exchange.rest(repeat.every().toMillis(), generation::stopped);
            }
        } else if (step instanceof Step.Stall) {
            exchange.stall(generation::stopped);
        } else if (step instanceof Step.Reset) {
            exchange.reset();
        }
    }
}
