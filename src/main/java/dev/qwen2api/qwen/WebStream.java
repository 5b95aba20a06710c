package dev.qwen2api.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.account.Account;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerListener;
import dev.qwen2api.chat.AnswerStream;
import dev.qwen2api.chat.Question;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.qwen.FailureClassifier.Reply;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way through the web API: a chat is created, then the answer streams. Replies arrive in an inbox from the
 * client's threads; the reader takes them out. What both touch is guarded by this object's lock.
 */
final class WebStream implements AnswerStream {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int LONGEST_LINE = 16 * 1024 * 1024;

    /** Far below what models could take: from about 62,000 characters the service asks for a human check (seen 2026-09). */
    private static final int LONGEST_MESSAGE = 60_000;

    private final QwenClient client;
    private final ChatJanitor janitor;
    private final Clock clock;
    private final Question question;
    private final Account account;
    private final Inbox inbox = new Inbox();
    private final SseReader reader = new SseReader(LONGEST_LINE);
    private final FrameDecoder decoder = new FrameDecoder();
    private boolean thinking;

    private @Nullable String chatId;
    private @Nullable CompletableFuture<HttpResponse<Void>> call;
    private @Nullable EventBody body;
    private boolean generating;
    private boolean closed;

    WebStream(QwenClient client, ChatJanitor janitor, Clock clock, Question question, Account account) {
        this.client = client;
        this.janitor = janitor;
        this.clock = clock;
        this.question = question;
        this.account = account;
        this.thinking = question.thinking();
    }

    void start() {
        String message = Transcript.of(question.conversation());
        if (message.length() > LONGEST_MESSAGE) {
            inbox.put(new Inbox.Item.Broken(new UpstreamException(Failure.of(
                    Failure.Kind.TOO_LONG,
                    "the conversation has " + message.length() + " characters, the service takes "
                            + LONGEST_MESSAGE))));
            return;
        }
        tellInbox(client.newChat(account, Envelope.newChat(question, clock.instant()))
                .thenAccept(reply -> created(reply, message)));
    }

    /** Whatever goes wrong on the way, a bug of ours included, must wake the reader. */
    private void tellInbox(CompletableFuture<?> step) {
        step.<Boolean>handle((done, broken) -> {
                    if (broken != null) {
                        inbox.put(new Inbox.Item.Broken(broken));
                    }
                    return true;
                })
                .exceptionally(impossible -> false);
    }

    private void created(HttpResponse<byte[]> reply, String message) {
        Optional<String> id = id(reply.body());
        if (id.isEmpty()) {
            inbox.put(new Inbox.Item.Refused(described(reply.statusCode(), reply.headers(), reply.body())));
            return;
        }
        janitor.created(account.id(), id.get());
        ask(id.get(), message);
    }

    private static Optional<String> id(byte[] body) {
        try {
            JsonNode id = JSON.readTree(body).path("data").path("id");
            return Optional.ofNullable(id.textValue()).filter(text -> text.matches("[A-Za-z0-9_-]{1,100}"));
        } catch (IOException broken) {
            return Optional.empty();
        }
    }

    private synchronized void ask(String id, String message) {
        if (closed) {
            janitor.dispose(account, id);
            return;
        }
        chatId = id;
        generating = true;
        byte[] envelope = Envelope.completion(question, message, id, thinking, clock.instant());
        CompletableFuture<HttpResponse<Void>> asked = client.complete(account, id, envelope, this::receiver);
        call = asked;
        tellInbox(asked);
    }

    /** An event stream goes into the inbox as it comes, anything else as a whole: it is a refusal, whatever its status. */
    private synchronized BodySubscriber<Void> receiver(ResponseInfo info) {
        if (isEventStream(info.headers())) {
            EventBody events = new EventBody(inbox);
            body = events;
            if (closed) {
                events.cancel();
            }
            return events;
        }
        return HttpResponse.BodySubscribers.mapping(new SmallBody(SmallBody.REFUSAL), bytes -> {
            inbox.put(new Inbox.Item.Refused(described(info.statusCode(), info.headers(), bytes)));
            return null;
        });
    }

    private static boolean isEventStream(HttpHeaders headers) {
        boolean type = headers.firstValue("content-type")
                .map(value -> value.toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                .orElse(false);
        boolean plain = headers.firstValue("content-encoding")
                .map(value -> value.equalsIgnoreCase("identity"))
                .orElse(true);
        return type && plain;
    }

    private static Reply described(int status, HttpHeaders headers, byte[] body) {
        return new Reply(status, headers.firstValue("x-actual-status-code"), headers.firstValue("retry-after"), body);
    }

    @Override
    public Progress read(Duration patience, AnswerListener listener) throws UpstreamException, InterruptedException {
        Inbox.Item item = inbox.take(patience);
        if (item == null) {
            return Progress.QUIET;
        }
        var counting = new Counting(listener);
        while (item != null) {
            take(item, counting);
            if (decoder.isFinished()) {
                finished();
                return Progress.ENDED;
            }
            item = inbox.take(Duration.ZERO);
        }
        return counting.heard ? Progress.EVENTS : Progress.ALIVE;
    }

    private static final class Counting implements AnswerListener {
        private final AnswerListener next;
        private boolean heard;

        Counting(AnswerListener next) {
            this.next = next;
        }

        @Override
        public void on(AnswerEvent event) {
            heard = true;
            next.on(event);
        }
    }

    private void take(Inbox.Item item, AnswerListener listener) throws UpstreamException {
        if (item instanceof Inbox.Item.Bytes bytes) {
            for (ByteBuffer piece : bytes.pieces()) {
                reader.feed(piece, (line, offset, length) -> decode(line, offset, length, listener));
            }
            bytes.taken().run();
        } else if (item instanceof Inbox.Item.End) {
            reader.end((line, offset, length) -> decode(line, offset, length, listener));
            decoder.end();
        } else if (item instanceof Inbox.Item.Refused refused) {
            refused(FailureClassifier.classify(refused.reply(), clock.instant()));
        } else if (item instanceof Inbox.Item.Broken broken) {
            throw broken(broken.cause());
        }
    }

    private void decode(byte[] line, int offset, int length, AnswerListener listener) throws UpstreamException {
        try {
            decoder.data(line, offset, length, listener);
        } catch (UpstreamException told) {
            refused(told.failure());
        }
    }

    /** Some models refuse not to think and say {@code invalid_input} (seen 2026-07): those are asked once more, thinking. */
    private void refused(Failure failure) throws UpstreamException {
        boolean mustThink = failure.kind() == Failure.Kind.BAD_INPUT && !thinking && !decoder.hasDelivered();
        String chat = chatId;
        if (!mustThink || chat == null) {
            throw new UpstreamException(failure);
        }
        thinking = true;
        ask(chat, Transcript.of(question.conversation()));
    }

    private UpstreamException broken(Throwable cause) {
        if (cause instanceof UpstreamException known) {
            return known;
        }
        Failure failure = decoder.hasDelivered()
                ? Failure.of(Failure.Kind.TRUNCATED, "the connection broke off in the middle of the answer")
                : Breakage.of(cause);
        return new UpstreamException(failure, cause);
    }

    private synchronized void finished() {
        generating = false;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (body != null && decoder.isFinished()) {
            body.drain();
        } else {
            hangUp();
        }
        if (chatId != null && generating) {
            janitor.stopAndDispose(account, chatId, decoder.responseId());
        } else if (chatId != null) {
            janitor.dispose(account, chatId);
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
