package dev.qwen2api.upstream.qwen;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.ResolvedConversation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Questions for tests. */
final class Questions {

    static final String MODEL = "qwen3.7-plus";

    private Questions() {}

    static ResolvedConversation of(String words) {
        return of(Message.of(Role.USER, words));
    }

    static Prompt prompt(String words) {
        return prompt(of(words));
    }

    static Prompt prompt(ResolvedConversation question) {
        return new Prompt(question, PromptMessage.whole("words"), List.of(), question.thinking(), Optional.empty());
    }

    static ResolvedConversation of(Message... turns) {
        return of(conversation(AnswerFormat.TEXT, List.of(), turns));
    }

    static ResolvedConversation of(Conversation conversation) {
        return new ResolvedConversation(
                conversation, MODEL, ChatType.TEXT, false, OptionalInt.empty(), Optional.empty());
    }

    static ResolvedConversation ofType(ChatType type, Message... turns) {
        return new ResolvedConversation(
                conversation(AnswerFormat.TEXT, List.of(), turns),
                MODEL,
                type,
                false,
                OptionalInt.empty(),
                Optional.of("16:9"));
    }

    static ResolvedConversation thinking(String words, OptionalInt budget) {
        return new ResolvedConversation(of(words).conversation(), MODEL, ChatType.TEXT, true, budget, Optional.empty());
    }

    static ResolvedConversation about(String model, String words) {
        return new ResolvedConversation(
                of(words).conversation(), model, ChatType.TEXT, false, OptionalInt.empty(), Optional.empty());
    }

    static Conversation conversation(AnswerFormat format, List<Tool> tools, Message... turns) {
        var options = new Options(
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                List.of(),
                OptionalInt.empty(),
                format);
        return new Conversation(MODEL, List.of(turns), tools, ToolChoice.AUTO, options);
    }
}
