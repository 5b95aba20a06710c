package dev.qwen2api.upstream.qwen;

import dev.qwen2api.account.Account;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Model;
import dev.qwen2api.chat.ResolvedConversation;
import dev.qwen2api.upstream.qwen.capture.Recording;
import dev.qwen2api.upstream.qwen.capture.Recording.Exchange;
import dev.qwen2api.upstream.qwen.capture.Recording.Part;
import dev.qwen2api.upstream.qwen.error.TransportErrors;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Records one small chat with the service: creates it, sends one message, and deletes it. Spends one message. Every
 * method blocks until its reply has arrived.
 */
public final class CaptureProbe {

    private static final String QUESTION = "Reply with the word hello.";
    private static final String USUAL_MODEL = "qwen3-max";
    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int MOST_BYTES = 1 << 20;
    private static final int CATALOGUE_BYTES = 4 << 20;
    private static final Part NOTHING = new Part("no reply", Map.of(), "");

    private final QwenClient client;
    private final Clock clock;

    public CaptureProbe(QwenClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Records with the session of this account. */
    public Recording record(Account account) {
        String model = model();
        Prompt prompt = prompt(model);
        var exchanges = new ArrayList<Exchange>();
        byte[] body = WebRequestWriter.newChat(prompt, clock.instant());
        Optional<String> chat = Optional.empty();
        try {
            HttpResponse<byte[]> reply = client.newChat(account, body).join();
            chat = ChatReplies.newId(reply.body());
            exchanges.add(new Exchange(
                    new Part("POST /api/v2/chats/new", reply.request().headers().map(), text(body)),
                    new Part("HTTP " + reply.statusCode(), reply.headers().map(), text(reply.body())),
                    chat.isPresent() ? "the reply ended" : "the reply ended, and names no chat"));
        } catch (CompletionException broken) {
            exchanges.add(new Exchange(new Part("POST /api/v2/chats/new", Map.of(), text(body)), NOTHING, why(broken)));
        }
        if (chat.isPresent()) {
            exchanges.add(complete(account, prompt, chat.get()));
            client.delete(account, chat.get())
                    .exceptionally(stays -> null)
                    .orTimeout(SHORT.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(late -> null)
                    .join();
        }
        return new Recording(model, exchanges);
    }

    private String model() {
        try {
            byte[] list =
                    client.read("/api/models", SHORT, CATALOGUE_BYTES).join().body();
            return ModelList.read(list).stream().map(Model::id).findFirst().orElse(USUAL_MODEL);
        } catch (CompletionException unreachable) {
            return USUAL_MODEL;
        }
    }

    private static Prompt prompt(String model) {
        var turn = new Message(Message.Role.USER, List.of(new Message.Text(QUESTION)), List.of(), "");
        var conversation = new Conversation(
                model, List.of(turn), List.of(), Conversation.ToolChoice.AUTO, Conversation.Options.NONE);
        var question = new ResolvedConversation(
                conversation, model, ChatType.TEXT, false, OptionalInt.empty(), Optional.empty());
        return new Prompt(question, PromptMessage.whole(QUESTION), List.of(), false, Optional.empty());
    }

    private Exchange complete(Account account, Prompt prompt, String chat) {
        byte[] body = WebRequestWriter.completion(prompt, List.of(), chat, clock.instant());
        var received = new Received();
        CompletableFuture<HttpResponse<Void>> sent = client.complete(account, chat, body, received::body);
        String end = "the reply ended";
        Map<String, List<String>> headers = Map.of();
        try {
            HttpResponse<Void> reply = sent.copy()
                    .orTimeout(LONG.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            headers = reply.request().headers().map();
        } catch (CompletionException broken) {
            sent.cancel(true);
            end = why(broken);
        }
        String path = "POST /api/v2/chat/completions?chat_id=" + chat;
        return new Exchange(new Part(path, headers, text(body)), received.part(), end);
    }

    /** A reply as far as it arrived. Written by the client's thread, read after the call has ended. */
    private static final class Received {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Optional<HttpResponse.ResponseInfo> info = Optional.empty();

        synchronized HttpResponse.BodySubscriber<Void> body(HttpResponse.ResponseInfo head) {
            info = Optional.of(head);
            return BodySubscribers.ofByteArrayConsumer(piece -> piece.ifPresent(this::add));
        }

        private synchronized void add(byte[] piece) {
            bytes.write(piece, 0, Math.min(piece.length, MOST_BYTES - bytes.size()));
        }

        synchronized Part part() {
            return info.map(head ->
                            new Part("HTTP " + head.statusCode(), head.headers().map(), text(bytes.toByteArray())))
                    .orElse(NOTHING);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String why(CompletionException broken) {
        return "the reply broke off: " + TransportErrors.root(broken).getClass().getSimpleName();
    }
}
