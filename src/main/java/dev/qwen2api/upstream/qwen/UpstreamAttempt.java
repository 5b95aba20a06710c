package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.upstream.qwen.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One try at a question: a chat is created, the question is asked in it, and whatever comes of that arrives in the inbox. The
 * client's threads work on it beside the reader's, under this object's lock; nothing here blocks.
 */
public final class UpstreamAttempt {

    /** Wakes a reader that is still there when the attempt is given up; where it was made says nothing. */
    private static final AttemptEvents.Item CLOSED = new AttemptEvents.Item.Broken(new CancellationException("closed"));

    private final Upstream upstream;
    private final Account account;
    private final Prompt prompt;
    private final AttemptEvents attemptEvents;

    private List<String> files = List.of();
    private @Nullable String chatId;
    private @Nullable CompletableFuture<HttpResponse<Void>> call;
    private @Nullable EventStreamSubscriber body;
    private volatile boolean warm;
    private boolean generating;
    private boolean closed;

    /** What every attempt works with. */
    record Upstream(QwenClient client, ChatJanitor janitor, PrewarmedChats warm, Uploader uploader, Clock clock) {}

    /**
     * What is asked.
     *
     * @param question the question
     * @param message its conversation as one message
     * @param attachments what goes along
     * @param thinking whether the model is told to think
     */
    record Prompt(ResolvedConversation question, String message, List<Media> attachments, boolean thinking) {

        Prompt think() {
            return new Prompt(question, message, attachments, true);
        }
    }

    UpstreamAttempt(Upstream upstream, Account account, Prompt prompt) {
        this.upstream = upstream;
        this.account = account;
        this.prompt = prompt;
        this.attemptEvents = upstream.client().inbox();
    }

    AttemptEvents inbox() {
        return attemptEvents;
    }

    void start() {
        if (prompt.attachments().isEmpty()) {
            create();
            return;
        }
        tellInbox(upstream.uploader()
                .upload(account, prompt.attachments(), steps())
                .thenAccept(this::uploaded));
    }

    /** Whether the question was asked in a chat that was made ahead, which may be gone by now. */
    boolean isWarm() {
        return warm;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void uploaded(List<String> there) {
        if (!closed) {
            files = there;
            create();
        }
    }

    private void create() {
        Optional<String> ahead = upstream.warm().take(account, prompt.question());
        if (ahead.isPresent()) {
            warm = true;
            ask(ahead.get());
            return;
        }
        byte[] chat =
                WebRequestWriter.newChat(prompt.question(), upstream.clock().instant());
        tellInbox(upstream.client().newChat(account, chat).thenAccept(this::created));
    }

    /** Whatever goes wrong on the way, a bug of ours included, must wake the reader. */
    private void tellInbox(CompletableFuture<?> step) {
        step.<Boolean>handle((done, broken) -> {
                    if (broken != null) {
                        attemptEvents.put(new AttemptEvents.Item.Broken(broken));
                    }
                    return true;
                })
                .exceptionally(impossible -> false);
    }

    private void created(HttpResponse<byte[]> reply) {
        Optional<String> id = NewChatReply.id(reply.body());
        if (id.isEmpty()) {
            attemptEvents.put(
                    new AttemptEvents.Item.Refused(described(reply.statusCode(), reply.headers(), reply.body())));
            return;
        }
        upstream.janitor().created(account, id.get());
        ask(id.get());
    }

    private synchronized void ask(String id) {
        if (closed) {
            upstream.janitor().dispose(account, id);
            return;
        }
        chatId = id;
        generating = true;
        byte[] envelope =
                WebRequestWriter.completion(prompt, files, id, upstream.clock().instant());
        CompletableFuture<HttpResponse<Void>> asked = upstream.client().complete(account, id, envelope, this::receiver);
        call = asked;
        tellInbox(asked);
    }

    /** An event stream goes into the inbox as it comes, anything else as a whole: it is a refusal, whatever its status. */
    private synchronized BodySubscriber<Void> receiver(ResponseInfo info) {
        if (EventStreamSubscriber.isIn(info.headers())) {
            attemptEvents.put(new AttemptEvents.Item.Opened(info.statusCode(), info.headers()));
            EventStreamSubscriber events = new EventStreamSubscriber(attemptEvents);
            body = events;
            if (closed) {
                events.cancel();
            }
            return events;
        }
        generating = false;
        return HttpResponse.BodySubscribers.mapping(new BoundedBodySubscriber(BoundedBodySubscriber.REFUSAL), bytes -> {
            refused(described(info.statusCode(), info.headers(), bytes));
            return null;
        });
    }

    /** The reply is whole: to give up its call from here on would break whichever request has the connection next. */
    private synchronized void refused(Reply reply) {
        call = null;
        Optional<String> video =
                prompt.question().type() == ChatType.VIDEO ? VideoPoller.task(reply.body()) : Optional.empty();
        if (video.isPresent()) {
            watch(video.get());
        } else {
            attemptEvents.put(new AttemptEvents.Item.Refused(reply));
        }
    }

    /** The reply to a wish for a video names a task, which is asked about until it is done. */
    private void watch(String taskId) {
        attemptEvents.put(new AttemptEvents.Item.TakenOn(taskId));
        var videoPoller = new VideoPoller(upstream.client(), account, taskId);
        tellInbox(upstream.uploader()
                .run(() -> videoPoller.await(steps()))
                .thenAccept(url -> attemptEvents.put(new AttemptEvents.Item.Rendered(url))));
    }

    private Uploader.Watch steps() {
        return new Uploader.Watch(this::isClosed, () -> attemptEvents.put(new AttemptEvents.Item.Step()));
    }

    public static Reply described(int status, HttpHeaders headers, byte[] body) {
        return new Reply(status, headers.firstValue("x-actual-status-code"), headers.firstValue("retry-after"), body);
    }

    /** The answer is complete, or will never begin: there is nothing left to stop. */
    synchronized void generated() {
        generating = false;
    }

    /**
     * Gives everything back, once: a generation that still runs is stopped, and the chat is deleted, also one whose creation is
     * under way.
     *
     * @param responseId the upstream's id of the answer; empty where it is not known
     */
    synchronized void close(String responseId) {
        if (closed) {
            return;
        }
        closed = true;
        attemptEvents.put(CLOSED);
        if (!generating && body != null) {
            body.drain();
        } else {
            hangUp();
        }
        if (chatId != null && generating) {
            upstream.janitor().stopAndDispose(account, chatId, responseId);
        } else if (chatId != null) {
            upstream.janitor().dispose(account, chatId);
        }
    }

    private void hangUp() {
        if (body != null) {
            body.cancel();
        }
        if (call != null) {
            call.cancel(true);
        }
    }
}
