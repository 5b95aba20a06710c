package dev.qwen2api.qwen.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerStream.Progress;
import dev.qwen2api.chat.Durations;
import dev.qwen2api.chat.Patience;
import dev.qwen2api.chat.Pulse;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.chat.RelaySink;
import dev.qwen2api.chat.Timing;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.qwen.Breakage;
import dev.qwen2api.qwen.FailureClassifier.Reply;
import dev.qwen2api.qwen.Inbox;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request with one credential. A failure is thrown as long as another credential may still be tried; once the client was
 * given something, it is told to the client. Used once, by one thread.
 */
final class CliAttempt {

    /** Enough to gather what arrived together, and few enough that a fast upstream does not keep the client waiting. */
    private static final int TOGETHER = 16;

    private static final JsonMapper JSON = new JsonMapper();

    private final CliChannel.Means means;
    private final RelayRequest request;
    private final RelaySink sink;
    private final Pulse pulse;
    private final Pass pass;
    private final PortalAnswer answer;
    private final Runnable accepted;
    private @Nullable Usage cost;
    private boolean settled;

    /** What all attempts of one request work on. */
    record Task(CliChannel.Means means, CliSettings settings, RelayRequest request, RelaySink sink, Pulse pulse) {}

    /**
     * @param accepted run when the portal begins to answer
     */
    CliAttempt(Task task, Pass pass, Runnable accepted) {
        this.means = task.means();
        this.request = task.request();
        this.sink = task.sink();
        this.pulse = task.pulse();
        this.pass = pass;
        this.accepted = accepted;
        this.answer = new PortalAnswer(request, sink, pass);
    }

    /** Returns whether the answer came to its end; if not, the client has been told. */
    boolean run(CliSettings settings) throws UpstreamException, PortalRefusedException, InterruptedException {
        sink.trying(pass.who());
        try (PortalCall call = new PortalCall(means.client(), request.stream())) {
            call.start(pass, PortalRequest.body(request, pass.kind(), settings.aliases()));
            pump(call, new Patience(patience(settings.timing()), means.nanoTime()));
        } catch (UpstreamException broken) {
            if (!answer.isCommitted()) {
                throw broken;
            }
            sink.fail(CliFace.of(pass.who(), broken.failure()));
        } catch (PortalRefusedException refused) {
            if (!answer.isCommitted()) {
                throw refused;
            }
            sink.refuse(refused.error());
        }
        return settled;
    }

    /** What the answer cost; empty where the portal did not say. */
    Optional<Usage> cost() {
        return Optional.ofNullable(cost).or(answer::usage);
    }

    /** An answer that is no stream comes when it is complete: the first sign of life may take as long as all of it. */
    private Timing patience(Timing timing) {
        Duration first =
                request.stream() ? timing.firstByte() : timing.firstByte().plus(timing.idle());
        return new Timing(timing.queue(), first, timing.idle(), timing.heartbeat(), timing.probe());
    }

    private void pump(PortalCall call, Patience patience)
            throws UpstreamException, PortalRefusedException, InterruptedException {
        while (!settled) {
            int before = answer.said();
            boolean heard = takeAll(call, Durations.shorter(patience.left(), pulse.next()));
            boolean progress = answer.said() > before;
            patience.note(progress ? Progress.EVENTS : heard ? Progress.ALIVE : Progress.QUIET);
            if (settled) {
                return;
            }
            if (progress) {
                sink.flush();
                pulse.sent();
            } else {
                patience.check();
                pulse.beat();
            }
        }
    }

    /** Takes what arrived together; returns whether the portal gave a sign of life. */
    private boolean takeAll(PortalCall call, Duration wait)
            throws UpstreamException, PortalRefusedException, InterruptedException {
        boolean heard = false;
        Inbox.Item item = call.inbox().take(wait);
        for (int taken = 1; item != null; taken++) {
            take(item);
            heard |= !(item instanceof Inbox.Item.Opened);
            if (answer.isDone()) {
                call.finished();
                answer.usage().ifPresent(sink::cost);
                sink.done();
                settled = true;
            }
            item = taken < TOGETHER && !settled ? call.inbox().take(Duration.ZERO) : null;
        }
        return heard;
    }

    private void take(Inbox.Item item) throws UpstreamException, PortalRefusedException {
        if (item instanceof Inbox.Item.Opened) {
            accepted.run();
        } else if (item instanceof Inbox.Item.Bytes bytes) {
            answer.feed(bytes.pieces());
            bytes.taken().run();
        } else if (item instanceof Inbox.Item.End) {
            answer.end();
        } else if (item instanceof Inbox.Item.Refused reply) {
            whole(reply.reply());
        } else if (item instanceof Inbox.Item.Broken broken) {
            throw broken(broken.cause());
        }
    }

    private UpstreamException broken(Throwable cause) {
        Failure failure = answer.isCommitted()
                ? Failure.of(Failure.Kind.TRUNCATED, "the connection broke off in the middle of the answer")
                : Breakage.of(cause);
        return new UpstreamException(failure, cause);
    }

    private void whole(Reply reply) throws UpstreamException, PortalRefusedException {
        Optional<JsonNode> given = completion(reply);
        if (given.isEmpty()) {
            throw PortalVerdict.of(reply, pass, means.clock().instant());
        }
        JsonNode json = given.get();
        accepted.run();
        boolean empty = !PortalFrame.hasContent(json, "message");
        if (empty && PortalFrame.finishReason(json).equals("stop")) {
            throw new UpstreamException(
                    Failure.of(Failure.Kind.EMPTY, "the portal's answer has not a single character"));
        }
        cost = PortalFrame.usage(json).orElse(null);
        PortalFrame.usage(json).ifPresent(sink::cost);
        settled = true;
        sink.whole(reply.body());
    }

    private Optional<JsonNode> completion(Reply reply) {
        boolean may = !request.stream() && reply.status() / 100 == 2;
        try {
            return may
                    ? Optional.of(JSON.readTree(reply.body()))
                            .filter(json -> !json.path("choices").isEmpty())
                    : Optional.empty();
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
