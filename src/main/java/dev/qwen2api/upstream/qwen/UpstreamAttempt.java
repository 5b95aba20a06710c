package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.AttemptEvents.Item;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.FailureClassifier.Reply;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import dev.qwen2api.upstream.qwen.upload.FileElement;
import dev.qwen2api.upstream.qwen.upload.UploadWatch;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at an answer: the session is renewed if it has to be, files go up, a chat is created, the prompt is
 * sent, and the reply becomes events. The client's threads work on it beside the reader's, under this object's lock;
 * nothing here blocks, except that the JDK may look the host's name up in the thread that sends a request.
 */
final class UpstreamAttempt {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamAttempt.class);
    /** Wakes a reader that is still there when the attempt is given up; where it was made says nothing. */
    private static final Item CLOSED = new Item.Broken(new CancellationException("closed"));

    private final Upstream upstream;
    private final AttemptEvents attemptEvents;
    private final Optional<Failure> dead;
    private final Instant begun;

    private Account account;
    private Prompt prompt;
    private List<String> files = List.of();
    private @Nullable CompletableFuture<Account> renewal;
    private @Nullable String chatId;
    private @Nullable CompletableFuture<HttpResponse<Void>> call;
    private @Nullable EventStreamSubscriber body;
    private boolean kept;
    private boolean generating;
    private boolean closed;

    /**
     * @param dead why the session of the account has to be renewed first; empty where that is not known to be so
     */
    UpstreamAttempt(Upstream upstream, Account account, Prompt prompt, Optional<Failure> dead) {
        this.upstream = upstream;
        this.account = account;
        this.prompt = prompt;
        this.dead = dead;
        this.begun = upstream.now();
        this.attemptEvents = upstream.client().events();
    }

    AttemptEvents events() {
        return attemptEvents;
    }

    void start() {
        SessionKeeper sessions = upstream.sessions();
        if (dead.isPresent() || sessions.hasEnded(account)) {
            renew(sessions.renewed(account, dead.orElse(SessionKeeper.ENDED)));
        } else {
            sessions.lookAhead(account);
            begin(account);
        }
    }

    /** The wait for a session is a quiet one, so that heartbeats and time limits are what they are everywhere. */
    private synchronized void renew(CompletableFuture<Account> alive) {
        renewal = alive;
        deliver(alive.thenAccept(this::begin));
    }

    private synchronized void begin(Account alive) {
        if (closed) {
            return;
        }
        account = alive;
        debug(renewal == null ? "session is alive" : "session renewed");
        deliver(new PromptUpload(upstream.uploader(), account, steps(), upstream.lease())
                .start(prompt)
                .thenAccept(this::uploaded));
    }

    private synchronized void uploaded(PromptUpload.Uploaded there) {
        if (!closed) {
            prompt = there.prompt();
            files = there.files();
            create();
        }
    }

    /** The account with the session that the attempt asks with. */
    synchronized Account account() {
        return account;
    }

    synchronized boolean isRenewed() {
        return renewal != null;
    }

    /** What the reader of the answer has to know of the request. */
    synchronized AnswerContext context() {
        return AnswerContext.of(
                prompt.isPicture(),
                files.stream().map(FileElement::url).toList(),
                prompt.question().conversation());
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void create() {
        if (!prompt.message().omitted().isEmpty()) {
            attemptEvents.put(new Item.Shortened(prompt.message().omitted()));
        }
        if (prompt.chat().isPresent()) {
            ask(prompt.chat().get().chatId());
            return;
        }
        byte[] chat = WebRequestWriter.newChat(prompt, upstream.now());
        deliver(upstream.client().newChat(account, chat).thenAccept(this::created));
    }

    /** Whatever goes wrong on the way, a bug of ours included, must wake the reader. */
    private void deliver(CompletableFuture<?> step) {
        step.<Boolean>handle((done, broken) -> {
                    if (broken != null) {
                        attemptEvents.put(new Item.Broken(broken));
                    }
                    return true;
                })
                .exceptionally(impossible -> false);
    }

    private synchronized void created(HttpResponse<byte[]> reply) {
        Optional<String> id = ChatReplies.newId(reply.body());
        if (id.isEmpty()) {
            attemptEvents.put(new Item.Broken(
                    new UpstreamException(FailureClassifier.classify(Operation.NEW_CHAT, reply, upstream.now()))));
            return;
        }
        debug("chat created");
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
        byte[] envelope = WebRequestWriter.completion(prompt, files, id, upstream.now());
        CompletableFuture<HttpResponse<Void>> asked = upstream.client().complete(account, id, envelope, this::receiver);
        call = asked;
        deliver(asked);
    }

    /**
     * An event stream is an event as it comes, anything else as a whole: it is a refusal, whatever its status.
     */
    private synchronized BodySubscriber<Void> receiver(ResponseInfo info) {
        debug("completion answered with status " + info.statusCode());
        if (EventStreamSubscriber.isIn(info.headers())) {
            attemptEvents.put(new Item.Opened(info.statusCode(), info.headers()));
            EventStreamSubscriber events = new EventStreamSubscriber(attemptEvents);
            body = events;
            if (closed) {
                events.cancel();
            }
            return events;
        }
        generating = false;
        return HttpResponse.BodySubscribers.mapping(new BoundedBodySubscriber(BoundedBodySubscriber.REFUSAL), bytes -> {
            refused(Reply.of(info.statusCode(), info.headers(), bytes));
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
            attemptEvents.put(new Item.Refused(reply));
        }
    }

    /** The reply to the order of a video names a task, which is polled until it is done. */
    private void watch(String taskId) {
        attemptEvents.put(new Item.TakenOn(taskId, account.credential().userId()));
        Account orderer = account;
        boolean fromPicture = !prompt.attachments().isEmpty();
        deliver(upstream.uploader()
                .run(() -> upstream.videos().await(orderer, taskId, fromPicture, steps()))
                .thenAccept(url -> attemptEvents.put(new Item.Rendered(url))));
    }

    /** Judges the links of finished pictures, and puts those that lead to pictures among the events. */
    synchronized void verify(List<String> pictures) {
        deliver(new PictureLinks(upstream.client(), context())
                .live(account, String.valueOf(chatId), pictures)
                .thenAccept(live -> attemptEvents.put(new Item.Pictures(live))));
    }

    private void debug(String step) {
        if (LOG.isDebugEnabled()) {
            LOG.debug("[CHAT] {}: {} after {} ms", account.id(), step, begun.until(upstream.now(), ChronoUnit.MILLIS));
        }
    }

    private UploadWatch steps() {
        return new UploadWatch(this::isClosed, () -> attemptEvents.put(new Item.Step()));
    }

    /** The answer is complete, or will never begin: there is nothing left to stop. */
    synchronized void generated() {
        generating = false;
    }

    /** Hands the chat over to {@code keeper} instead of disposing of it, where the answer is complete. */
    synchronized void keepChat(Consumer<String> keeper) {
        if (!closed && !generating && !kept && chatId != null) {
            kept = true;
            keeper.accept(chatId);
        }
    }

    /**
     * Gives everything back, once: a generation that still runs is stopped, and the chat is deleted, also one whose
     * creation is under way.
     *
     * @param responseId the upstream's id of the answer; empty where it is not known
     */
    synchronized void close(String responseId) {
        if (closed) {
            return;
        }
        closed = true;
        attemptEvents.put(CLOSED);
        if (renewal != null) {
            renewal.cancel(false);
        }
        if (!generating && body != null) {
            body.drain();
        } else {
            hangUp();
        }
        if (kept) {
            return;
        }
        if (chatId == null && prompt.chat().isPresent()) {
            upstream.janitor().dispose(account, prompt.chat().get().chatId());
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
