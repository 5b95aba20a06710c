package dev.qwen2api.qwen;

import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Question;
import dev.qwen2api.chat.Turn;
import dev.qwen2api.chat.Turn.Role;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Questions for tests. */
final class Questions {

    static final String MODEL = "qwen3.7-plus";

    private Questions() {}

    static Question of(String words) {
        return of(Turn.of(Role.USER, words));
    }

    static Question of(Turn... turns) {
        return of(conversation(AnswerFormat.TEXT, List.of(), turns));
    }

    static Question of(Conversation conversation) {
        return new Question(conversation, MODEL, ChatType.TEXT, false, OptionalInt.empty(), Optional.empty());
    }

    static Question ofType(ChatType type, Turn... turns) {
        return new Question(
                conversation(AnswerFormat.TEXT, List.of(), turns),
                MODEL,
                type,
                false,
                OptionalInt.empty(),
                Optional.of("16:9"));
    }

    static Question thinking(String words, OptionalInt budget) {
        return new Question(of(words).conversation(), MODEL, ChatType.TEXT, true, budget, Optional.empty());
    }

    static Question about(String model, String words) {
        return new Question(
                of(words).conversation(), model, ChatType.TEXT, false, OptionalInt.empty(), Optional.empty());
    }

    static Conversation conversation(AnswerFormat format, List<Tool> tools, Turn... turns) {
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
