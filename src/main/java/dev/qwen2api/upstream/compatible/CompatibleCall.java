package dev.qwen2api.upstream.compatible;

import dev.qwen2api.upstream.compatible.CompatibleService.Bearer;
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
 * One POST to the service; its reply arrives in {@link #events()}. Closing it closes the connection, which stops the
 * generation. Thread-safe; nothing here blocks.
 */
final class CompatibleCall implements AutoCloseable {

    private final QwenClient client;
    private final CompatibleService service;
    private final byte[] json;
    private final AttemptEvents events;
    private @Nullable CompletableFuture<HttpResponse<Void>> call;
    private @Nullable EventStreamSubscriber body;
    private boolean closed;

    CompatibleCall(QwenClient client, CompatibleService service, byte[] json) {
        this.client = client;
        this.service = service;
        this.json = json;
        this.events = client.events();
    }

    AttemptEvents events() {
        return events;
    }

    synchronized void send(Bearer bearer) {
        call = client.sendPlain(base -> request(bearer), this::receiver);
        call.exceptionally(broken -> {
            events.put(new AttemptEvents.Item.Broken(broken));
            return null;
        });
    }

    private HttpRequest.Builder request(Bearer bearer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(bearer.base() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + bearer.token())
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .header("x-request-id", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofByteArray(json));
        service.addHeaders(request);
        return request;
    }

    private synchronized BodySubscriber<Void> receiver(ResponseInfo info) {
        if (info.statusCode() / 100 == 2 && EventStreamSubscriber.isIn(info.headers())) {
            events.put(new AttemptEvents.Item.Opened(info.statusCode(), info.headers()));
            var stream = new EventStreamSubscriber(events);
            body = stream;
            if (closed) {
                stream.cancel();
            }
            return stream;
        }
        return BodySubscribers.mapping(new BoundedBodySubscriber(BoundedBodySubscriber.REFUSAL), bytes -> {
            whole(new Reply(info.statusCode(), Optional.empty(), info.headers().firstValue("retry-after"), bytes));
            return null;
        });
    }

    /** To cancel the call from here on would break the next request on its connection. */
    private synchronized void whole(Reply reply) {
        call = null;
        events.put(new AttemptEvents.Item.Refused(reply));
    }

    /** The answer is complete: the rest of the stream is read and dropped, so that the connection can be used again. */
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
