package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/** Chats: open, list, look at, delete, and the stop of a running answer. */
final class ChatsEndpoint {
    private static final int PAGE = 60;

    private final FakeAccounts accounts;
    private final Chats chats;
    private final Clock clock;

    ChatsEndpoint(Parts parts) {
        this.accounts = parts.accounts();
        this.chats = parts.chats();
        this.clock = parts.options().clock();
    }

    void create(Exchange exchange) throws IOException {
        signedIn(exchange, userId -> {
            Chat chat = chats.create(userId, exchange.request().json());
            return Reply.success(exchange.request(), "{\"id\":\"" + chat.id() + "\"}");
        });
    }

    void delete(Exchange exchange) throws IOException {
        String chatId = lastSegment(exchange.request());
        signedIn(
                exchange,
                userId -> chats.delete(userId, chatId)
                        ? Reply.success(exchange.request(), "{\"status\":true}")
                        : CannedReplies.notFound(exchange.request(), ""));
    }

    void wipe(Exchange exchange) throws IOException {
        signedIn(exchange, userId -> {
            chats.alive(userId).forEach(chatId -> chats.delete(userId, chatId));
            return Reply.success(exchange.request(), "{\"status\":true}");
        });
    }

    void list(Exchange exchange) throws IOException {
        signedIn(exchange, userId -> {
            int page = exchange.request().query("page").map(Integer::parseInt).orElse(1);
            int size = exchange.request().query("limit").map(Integer::parseInt).orElse(PAGE);
            ArrayNode list = Json.array();
            chats.of(userId).stream()
                    .skip((long) Math.max(0, page - 1) * size)
                    .limit(size)
                    .forEach(chat -> list.add(ChatJson.entry(chat)));
            return Reply.success(exchange.request(), list.toString());
        });
    }

    void detail(Exchange exchange) throws IOException {
        String chatId = lastSegment(exchange.request());
        signedIn(exchange, userId -> {
            Optional<ObjectNode> record =
                    chats.find(userId, chatId).map(chat -> ChatJson.detail(chat, clock.instant()));
            return record.map(node -> Reply.success(exchange.request(), node.toString()))
                    .orElseGet(() -> CannedReplies.notFound(exchange.request(), ""));
        });
    }

    void stop(Exchange exchange) throws IOException {
        Request request = exchange.request();
        String chatId =
                request.query("chat_id").orElse(request.json().path("chat_id").asText());
        signedIn(exchange, userId -> {
            Optional<Chat> chat = chats.find(userId, chatId);
            if (chat.isEmpty()) {
                return CannedReplies.chatNotExist(request, chatId);
            }
            chat.get().running().ifPresent(generation -> {
                generation.stopRequested();
                chat.get().end(generation);
            });
            return Reply.success(request, "{\"status\":true}");
        });
    }

    private interface Action {
        Reply of(String userId);
    }

    private void signedIn(Exchange exchange, Action action) throws IOException {
        Request request = exchange.request();
        exchange.reply(accounts.refusal(request)
                .orElseGet(() -> action.of(request.userId().orElse(""))));
    }

    static String lastSegment(Request request) {
        String path = request.path();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
