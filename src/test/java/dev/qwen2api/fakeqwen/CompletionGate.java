package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Why the service refuses a request for an answer, checked in the service's own order. */
final class CompletionGate {
    private static final String REQUIRED_TYPE = "application/json";

    private final FakeAccounts accounts;
    private final FakeModels models;
    private final Chats chats;

    CompletionGate(FakeAccounts accounts, FakeModels models, Chats chats) {
        this.accounts = accounts;
        this.models = models;
        this.chats = chats;
    }

    /** The refusal, or nothing for a good request. Whether the chat is busy is not asked here. */
    Optional<Reply> refusal(Request request) {
        return headers(request)
                .or(() -> token(request))
                .or(() -> fields(request))
                .or(() -> content(request));
    }

    private static Optional<Reply> headers(Request request) {
        if (!request.headers().has("x-request-id")) {
            return Optional.of(CannedReplies.wafHtml());
        }
        if (!request.headers().has("source")) {
            return Optional.of(CannedReplies.missingSource());
        }
        if (!request.headers().has("version")) {
            return Optional.of(CannedReplies.internal(request));
        }
        boolean json = request.header("content-type")
                .filter(type -> type.startsWith(REQUIRED_TYPE))
                .isPresent();
        return json ? Optional.empty() : Optional.of(CannedReplies.fieldRequired(request, "body"));
    }

    private Optional<Reply> token(Request request) {
        return switch (accounts.standing(request)) {
            case ALIVE -> Optional.empty();
            case MISSING -> Optional.of(Reply.refusal(request, 401, "Unauthorized", ""));
            case EXPIRED -> Optional.of(CannedReplies.expired(request));
        };
    }

    private static Optional<Reply> fields(Request request) {
        JsonNode body = request.json();
        if (request.query("chat_id").isEmpty()
                || body.path("chat_id").asText("").isEmpty()) {
            return Optional.of(CannedReplies.fieldRequired(request, "chat_id"));
        }
        for (String field : new String[] {"model", "messages"}) {
            if (!body.has(field)) {
                return Optional.of(CannedReplies.fieldRequired(request, field));
            }
        }
        return Optional.empty();
    }

    private Optional<Reply> content(Request request) {
        JsonNode body = request.json();
        String userId = request.userId().orElse("");
        String chatId = body.path("chat_id").asText();
        Optional<Chat> chat = chats.find(userId, chatId);
        if (chat.isEmpty() || request.query("chat_id").filter(chatId::equals).isEmpty()) {
            return Optional.of(CannedReplies.chatNotExist(request, chatId));
        }
        if (body.path("messages").size() != 1) {
            return Optional.of(Reply.refusal(request, 400, "Bad_Request", "Invalid input too many messages."));
        }
        Prompt prompt = new Prompt(userId, chatId, body);
        if (!models.knows(prompt.model())) {
            return Optional.of(CannedReplies.notFound(request, "Model not found"));
        }
        return message(request, prompt, chat.get());
    }

    private static Optional<Reply> message(Request request, Prompt prompt, Chat chat) {
        if (!prompt.message().path("role").asText().equals("user")
                || prompt.chatType().equals("image_gen")) {
            return Optional.of(CannedReplies.internal(request));
        }
        return prompt.parentId()
                .filter(parent -> !chat.knows(parent))
                .map(parent -> Reply.refusal(request, 400, "Bad_Request", "parent_id " + parent + " not exist"));
    }
}
