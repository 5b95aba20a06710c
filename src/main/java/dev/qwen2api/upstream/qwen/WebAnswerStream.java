package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Message;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.AttemptEvents.Item;
import dev.qwen2api.upstream.qwen.error.FailureClassifier;
import dev.qwen2api.upstream.qwen.error.Operation;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import dev.qwen2api.upstream.qwen.error.UpstreamErrorParser;
import dev.qwen2api.upstream.qwen.stream.AnswerContext;
import dev.qwen2api.upstream.qwen.stream.FrameDecoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one prompt, with the few attempts that stay within one account. One thread reads; the lock guards
 * which attempt is the present one, because any thread may close.
 */
final class WebAnswerStream implements AnswerStream {

    private static final Logger LOG = LoggerFactory.getLogger(WebAnswerStream.class);

    private final Upstream upstream;
    private UpstreamAttempt attempt;
    private FrameDecoder answer;
    private Prompt prompt;
    private final ChatReuse reuse;
    private Item.@Nullable Opened opened;

    /** Links of finished pictures that wait for their verdict, where pictures were asked for. */
    private final List<String> pictures = new ArrayList<>();

    private volatile List<String> omitted = List.of();
    private boolean judging;
    private boolean freshChatTried;
    private boolean renewed;
    private boolean complete;
    private volatile boolean ended;
    private boolean closed;

    WebAnswerStream(Upstream upstream, Account account, Prompt prompt, ChatReuse reuse) {
        this.upstream = upstream;
        this.reuse = reuse;
        this.prompt = prompt;
        this.answer = decoder(AnswerContext.CHAT);
        this.attempt = new UpstreamAttempt(upstream, account, prompt, Optional.empty());
    }

    private FrameDecoder decoder(AnswerContext context) {
        return new FrameDecoder(context, upstream.changes()::phase);
    }

    synchronized void start() {
        attempt.start();
    }

    private synchronized UpstreamAttempt attempt() {
        return attempt;
    }

    /** The head of a reply is no sign of life yet: streams have been seen that consist of nothing else. */
    @Override
    public Progress read(Duration timeout, AnswerListener listener) throws UpstreamException, InterruptedException {
        Item item = attempt().events().take(timeout);
        if (item == null) {
            return Progress.QUIET;
        }
        var handed = new Handed(listener);
        boolean alive = false;
        boolean onTheWay = false;
        int taken = 0;
        while (item != null) {
            taken += item.size();
            take(item, handed);
            alive |= !(item instanceof Item.Opened);
            onTheWay |= item instanceof Item.Step;
            if (item instanceof Item.Shortened) {
                // The reader has to know before the first event.
                return Progress.EVENTS;
            }
            if (complete) {
                attempt().generated();
                ended = true;
                return Progress.ENDED;
            }
            item = taken < AttemptEvents.BATCH_BYTES ? attempt().events().take(Duration.ZERO) : null;
        }
        // Files take as long as they take, while they move.
        return handed.any || onTheWay ? Progress.EVENTS : alive ? Progress.ALIVE : Progress.QUIET;
    }

    /** Hands events on; marks thinking that only a search needed, and holds pictures, which wait for their verdict. */
    private final class Handed implements AnswerListener {
        private final AnswerListener next;
        private boolean any;

        Handed(AnswerListener next) {
            this.next = next;
        }

        @Override
        public void on(AnswerEvent event) {
            any = true;
            reuse.on(event);
            boolean hidden = !prompt.thinking() && prompt.sendsThinking();
            if (event instanceof AnswerEvent.Picture picture && prompt.isPicture()) {
                pictures.add(picture.url());
            } else if (event instanceof Finished && !pictures.isEmpty()) {
                judge();
            } else if (hidden && event instanceof AnswerEvent.Reasoning thought) {
                next.on(new AnswerEvent.Reasoning(thought.text(), true));
            } else {
                complete |= event instanceof Finished;
                next.on(event);
            }
        }
    }

    /** Keeps the chat for the client's next message if both have the same answer. */
    @Override
    public void delivered(Message answer) {
        String parentId = this.answer.responseId();
        boolean whole = ended && omitted.isEmpty() && this.answer.isVerbatim() && !parentId.isEmpty();
        if (whole && reuse.isSame(answer)) {
            UpstreamAttempt last = attempt();
            Instant end = prompt.end(upstream.now());
            last.keepChat(chat -> reuse.keep(answer, last.account(), chat, parentId, end));
        }
    }

    @Override
    public List<String> omitted() {
        return omitted;
    }

    private void judge() {
        if (!judging) {
            judging = true;
            attempt().verify(List.copyOf(pictures));
        }
    }

    private void take(Item item, Handed handed) throws UpstreamException {
        if (item instanceof Item.Opened head) {
            opened = head;
            answer = decoder(attempt().context());
        } else if (item instanceof Item.Bytes bytes) {
            feed(bytes, handed);
        } else if (item instanceof Item.Shortened shortened) {
            omitted = shortened.omitted();
            LOG.warn("[CHAT] {}: sent without {}", attempt().account().id(), String.join(", ", omitted));
        } else if (item instanceof Item.TakenOn video) {
            handed.on(new AnswerEvent.Rendering(video.task(), video.user()));
        } else if (item instanceof Item.Rendered video) {
            handed.on(new AnswerEvent.Video(video.url()));
            handed.on(new Finished(Finished.Reason.STOP));
        } else if (item instanceof Item.Pictures live) {
            show(live.urls(), handed);
        } else if (item instanceof Item.End) {
            end(handed);
        } else if (item instanceof Item.Refused refused) {
            fail(FailureClassifier.classify(Operation.COMPLETION, refused.reply(), upstream.now()), null);
        } else if (item instanceof Item.Broken broken) {
            broken(broken.cause());
        }
    }

    private void feed(Item.Bytes bytes, AnswerListener listener) throws UpstreamException {
        try {
            for (ByteBuffer piece : bytes.pieces()) {
                answer.feed(piece, listener);
            }
        } catch (UpstreamException told) {
            fail(told.failure(), told);
            return;
        }
        bytes.taken().run();
    }

    private void end(AnswerListener listener) throws UpstreamException {
        try {
            answer.end(listener);
        } catch (UpstreamException told) {
            // The address of a picture is whole as soon as it is there.
            if (!pictures.isEmpty()) {
                judge();
                return;
            }
            fail(pretended().orElse(told.failure()), told);
        }
    }

    private void show(List<String> live, Handed handed) throws UpstreamException {
        pictures.clear();
        if (live.isEmpty()) {
            throw new UpstreamException(prompt.scoped(
                    Failure.of(FailureKind.BROKEN, "the service published a picture whose link leads nowhere")));
        }
        live.forEach(url -> handed.next.on(new AnswerEvent.Picture(url)));
        handed.on(new Finished(Finished.Reason.STOP));
    }

    /** What came under the name of an event stream and was none. */
    private Optional<Failure> pretended() {
        return Optional.ofNullable(opened).flatMap(reply -> reply.failure(answer.eventlessHead(), upstream.now()));
    }

    private void broken(Throwable cause) throws UpstreamException {
        if (judging || !pictures.isEmpty()) {
            judge();
            return;
        }
        boolean cutOff = answer.hasDelivered() && !(TransportErrors.root(cause) instanceof UpstreamException);
        fail(
                cutOff
                        ? Failure.of(FailureKind.TRUNCATED, "the connection broke off in the middle of the answer")
                        : TransportErrors.of(cause),
                cause);
    }

    /** Tries once more within the account where that helps, else fails. */
    private void fail(Failure failure, @Nullable Throwable cause) throws UpstreamException {
        upstream.failed(failure);
        boolean toldByTheService = failure.kind() != FailureKind.TRUNCATED && failure.kind() != FailureKind.BROKEN;
        boolean goesOn = UpstreamErrorParser.isChatBusy(failure) || failure.equals(UpstreamErrorParser.TOOL_REFUSED);
        if (toldByTheService && !goesOn) {
            attempt().generated();
        }
        if (answer.hasDelivered() || !again(failure)) {
            Failure told = prompt.scoped(failure);
            throw cause == null ? new UpstreamException(told) : new UpstreamException(told, cause);
        }
    }

    /**
     * A session that is called dead is renewed. Some models refuse not to think (VC, 2026-07): those are asked once
     * more, thinking. A chat that is gone or still busy is replaced by a new one, and so is one in which the service
     * took a tool for its own.
     */
    private boolean again(Failure failure) throws UpstreamException {
        renewed |= attempt().isRenewed();
        if (failure.kind() == FailureKind.EXPIRED && !renewed) {
            renewed = true;
            return replace(whole(), Optional.of(failure));
        }
        if (UpstreamErrorParser.isInvalidInput(failure) && !prompt.sendsThinking()) {
            return replace(prompt.think(), Optional.empty());
        }
        boolean badChat = prompt.chat().isPresent() && ChatReuse.mayBeOfTheChat(failure)
                || UpstreamErrorParser.isChatGone(failure)
                || UpstreamErrorParser.isChatBusy(failure)
                || failure.equals(UpstreamErrorParser.TOOL_REFUSED);
        if (badChat && !freshChatTried) {
            freshChatTried = true;
            return replace(whole(), Optional.empty());
        }
        return false;
    }

    private Prompt whole() throws UpstreamException {
        return prompt.chat().isPresent() ? reuse.whole() : prompt;
    }

    /** In a chat of its own, because the refused one may still count as busy. Returns false where it is too late. */
    private synchronized boolean replace(Prompt next, Optional<Failure> dead) {
        if (closed) {
            return false;
        }
        attempt.close(answer.responseId());
        prompt = next;
        answer = decoder(AnswerContext.CHAT);
        opened = null;
        omitted = List.of();
        reuse.clear();
        attempt = new UpstreamAttempt(upstream, attempt.account(), next, dead);
        attempt.start();
        return true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        attempt.close(answer.responseId());
    }
}
