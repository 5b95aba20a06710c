package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.AnswerStream.Progress;
import dev.qwen2api.chat.ClientHeartbeat;
import dev.qwen2api.chat.Durations;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.chat.RelaySink;
import dev.qwen2api.chat.RequestTimeouts;
import dev.qwen2api.chat.StreamTimeouts;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.AttemptEvents;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
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

    private final CliChannel.Dependencies dependencies;
    private final RelayRequest request;
    private final RelaySink sink;
    private final ClientHeartbeat clientHeartbeat;
    private final PortalCredential portalCredential;
    private final PortalAnswer answer;
    private final Runnable accepted;
    private @Nullable Usage cost;
    private boolean settled;

    /** What all attempts of one request work on. */
    record Task(
            CliChannel.Dependencies means,
            CliSettings settings,
            RelayRequest request,
            RelaySink sink,
            ClientHeartbeat pulse) {}

    /**
     * @param accepted run when the portal begins to answer
     */
    CliAttempt(Task task, PortalCredential portalCredential, Runnable accepted) {
        this.dependencies = task.means();
        this.request = task.request();
        this.sink = task.sink();
        this.clientHeartbeat = task.pulse();
        this.portalCredential = portalCredential;
        this.accepted = accepted;
        this.answer = new PortalAnswer(request, sink, portalCredential);
    }

    /** Returns whether the answer came to its end; if not, the client has been told. */
    boolean run(CliSettings settings) throws UpstreamException, PortalRefusedException, InterruptedException {
        sink.trying(portalCredential.who());
        try (PortalCall call = new PortalCall(dependencies.client(), request.stream())) {
            call.start(portalCredential, PortalRequest.body(request, portalCredential.kind(), settings.aliases()));
            pump(call, new StreamTimeouts(patience(settings.timing()), dependencies.nanoTime()));
        } catch (UpstreamException broken) {
            if (!answer.isCommitted()) {
                throw broken;
            }
            sink.fail(CliFace.of(portalCredential.who(), broken.failure()));
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
    private RequestTimeouts patience(RequestTimeouts requestTimeouts) {
        Duration first = request.stream()
                ? requestTimeouts.firstByte()
                : requestTimeouts.firstByte().plus(requestTimeouts.idle());
        return new RequestTimeouts(
                requestTimeouts.queue(),
                first,
                requestTimeouts.idle(),
                requestTimeouts.heartbeat(),
                requestTimeouts.probe());
    }

    private void pump(PortalCall call, StreamTimeouts streamTimeouts)
            throws UpstreamException, PortalRefusedException, InterruptedException {
        while (!settled) {
            int before = answer.said();
            boolean heard = takeAll(call, Durations.shorter(streamTimeouts.left(), clientHeartbeat.next()));
            boolean progress = answer.said() > before;
            streamTimeouts.note(progress ? Progress.EVENTS : heard ? Progress.ALIVE : Progress.QUIET);
            if (settled) {
                return;
            }
            if (progress) {
                sink.flush();
                clientHeartbeat.sent();
            } else {
                streamTimeouts.check();
                clientHeartbeat.beat();
            }
        }
    }

    /** Takes what arrived together; returns whether the portal gave a sign of life. */
    private boolean takeAll(PortalCall call, Duration wait)
            throws UpstreamException, PortalRefusedException, InterruptedException {
        boolean heard = false;
        AttemptEvents.Item item = call.inbox().take(wait);
        for (int taken = 1; item != null; taken++) {
            take(item);
            heard |= !(item instanceof AttemptEvents.Item.Opened);
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

    private void take(AttemptEvents.Item item) throws UpstreamException, PortalRefusedException {
        if (item instanceof AttemptEvents.Item.Opened) {
            accepted.run();
        } else if (item instanceof AttemptEvents.Item.Bytes bytes) {
            answer.feed(bytes.pieces());
            bytes.taken().run();
        } else if (item instanceof AttemptEvents.Item.End) {
            answer.end();
        } else if (item instanceof AttemptEvents.Item.Refused reply) {
            whole(reply.reply());
        } else if (item instanceof AttemptEvents.Item.Broken broken) {
            throw broken(broken.cause());
        }
    }

    private UpstreamException broken(Throwable cause) {
        Failure failure = answer.isCommitted()
                ? Failure.of(FailureKind.TRUNCATED, "the connection broke off in the middle of the answer")
                : TransportErrors.of(cause);
        return new UpstreamException(failure, cause);
    }

    private void whole(Reply reply) throws UpstreamException, PortalRefusedException {
        Optional<JsonNode> given = completion(reply);
        if (given.isEmpty()) {
            throw PortalVerdict.of(reply, portalCredential, dependencies.clock().instant());
        }
        JsonNode json = given.get();
        accepted.run();
        boolean empty = !PortalFrame.hasContent(json, "message");
        if (empty && PortalFrame.finishReason(json).equals("stop")) {
            throw new UpstreamException(
                    Failure.of(FailureKind.EMPTY, "the portal's answer has not a single character"));
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
