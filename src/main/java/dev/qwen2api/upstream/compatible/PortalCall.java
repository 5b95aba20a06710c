package dev.qwen2api.upstream.compatible;

import dev.qwen2api.upstream.qwen.AttemptEvents;
import dev.qwen2api.upstream.qwen.BoundedBodySubscriber;
import dev.qwen2api.upstream.qwen.EventStreamSubscriber;
import dev.qwen2api.upstream.qwen.QwenClient;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request at the portal; whatever comes of it arrives in the inbox. Closing it hangs up, which is the portal's way to stop.
 * The client's threads work on it beside the reader's, under this object's lock; nothing here blocks.
 */
final class PortalCall implements AutoCloseable {

    /** Of an answer that is no stream. */
    private static final int LONGEST_ANSWER = 32 * 1024 * 1024;

    private final QwenClient client;
    private final AttemptEvents attemptEvents;
    private final boolean stream;
    private @Nullable CompletableFuture<HttpResponse<Void>> call;
    private @Nullable EventStreamSubscriber body;
    private boolean closed;

    /**
     * @param stream whether an event stream is asked for
     */
    PortalCall(QwenClient client, boolean stream) {
        this.client = client;
        this.attemptEvents = client.inbox();
        this.stream = stream;
    }

    AttemptEvents inbox() {
        return attemptEvents;
    }

    synchronized void start(PortalCredential portalCredential, byte[] json) {
        call = client.sendPlain(base -> request(portalCredential, json), this::receiver);
        call.exceptionally(broken -> {
            attemptEvents.put(new AttemptEvents.Item.Broken(broken));
            return null;
        });
    }

    private HttpRequest.Builder request(PortalCredential portalCredential, byte[] json) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(portalCredential.base() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + portalCredential.bearer())
                .header("Content-Type", "application/json")
                .header("Accept", stream ? "text/event-stream" : "application/json")
                .header("x-request-id", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofByteArray(json));
        if (portalCredential.kind() == PortalCredential.CredentialType.OAUTH) {
            request.header("User-Agent", OauthClient.USER_AGENT)
                    .header("X-DashScope-UserAgent", OauthClient.USER_AGENT)
                    .header("X-DashScope-CacheControl", "enable")
                    .header("X-DashScope-AuthType", "qwen-oauth");
        }
        return request;
    }

    private synchronized BodySubscriber<Void> receiver(ResponseInfo info) {
        boolean good = info.statusCode() / 100 == 2;
        if (good && stream && EventStreamSubscriber.isIn(info.headers())) {
            attemptEvents.put(new AttemptEvents.Item.Opened(info.statusCode(), info.headers()));
            var events = new EventStreamSubscriber(attemptEvents);
            body = events;
            if (closed) {
                events.cancel();
            }
            return events;
        }
        var gathered = new BoundedBodySubscriber(good ? LONGEST_ANSWER : BoundedBodySubscriber.REFUSAL);
        return BodySubscribers.mapping(gathered, bytes -> {
            whole(new Reply(info.statusCode(), Optional.empty(), info.headers().firstValue("retry-after"), bytes));
            return null;
        });
    }

    /** From here on to give up the call would break whichever request has the connection next. */
    private synchronized void whole(Reply reply) {
        call = null;
        attemptEvents.put(new AttemptEvents.Item.Refused(reply));
    }

    /** The answer is complete: what is left of the stream passes by, so that the connection can be used again. */
    synchronized void finished() {
        closed = true;
        if (body != null) {
            body.drain();
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (body != null) {
            body.cancel();
        }
        if (call != null) {
            call.cancel(true);
        }
    }
}
