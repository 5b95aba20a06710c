package dev.qwen2api.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A client's request, independent of its dialect.
 *
 * @param model the model's name as the client wrote it, suffix included
 * @param turns everything said so far, oldest first; at least one, the last one of role user or tool
 * @param tools the functions that the model may call; empty for a plain chat
 * @param toolChoice how free the model is to call them
 * @param options the remaining wishes
 */
public record Conversation(
        String model, List<Message> turns, List<Tool> tools, ToolChoice toolChoice, Options options) {

    public Conversation {
        turns = List.copyOf(turns);
        tools = List.copyOf(tools);
        if (turns.isEmpty()) {
            throw new IllegalArgumentException("a conversation has at least one turn");
        }
    }

    /** A request for a picture or a video: one message of the user, the media in front of the words. */
    public static Conversation drawing(String model, List<Media> media, String words, Options options) {
        var parts = new ArrayList<Message.Part>(media);
        parts.add(new Message.Text(words));
        return new Conversation(
                model, List.of(Message.of(Message.Role.USER, parts)), List.of(), ToolChoice.NONE, options);
    }

    /** The same conversation, said in other turns. */
    public Conversation withTurns(List<Message> others) {
        return new Conversation(model, others, tools, toolChoice, options);
    }

    /** The same conversation with a model of another name. */
    public Conversation withModel(String other) {
        return new Conversation(other, turns, tools, toolChoice, options);
    }

    /** The same conversation without a limit of tokens. */
    public Conversation withoutLimit() {
        var unlimited = new Options(
                options.chatType,
                options.thinking,
                options.thinkingBudget,
                options.size,
                options.stop,
                OptionalInt.empty(),
                options.format,
                options.passedOn,
                options.parallelCalls,
                options.sourcesAfterAnswer,
                options.thinkTags);
        return new Conversation(model, turns, tools, toolChoice, unlimited);
    }

    /**
     * A function offered to the model.
     *
     * @param name as the client will see it in a call
     * @param description what it does; may be empty
     * @param parameters its JSON schema, as compact JSON text; {@code {}} where none was given
     */
    public record Tool(String name, String description, String parameters) {}

    /**
     * How free the model is to call tools.
     *
     * @param mode the kind of freedom
     * @param name the one function to call, with {@link Mode#NAMED} only; empty otherwise
     */
    public record ToolChoice(Mode mode, String name) {

        /** The four choices that the dialects know. */
        public enum Mode {
            AUTO,
            NONE,
            REQUIRED,
            NAMED
        }

        public static final ToolChoice AUTO = new ToolChoice(Mode.AUTO, "");
        public static final ToolChoice NONE = new ToolChoice(Mode.NONE, "");
        public static final ToolChoice REQUIRED = new ToolChoice(Mode.REQUIRED, "");

        public static ToolChoice named(String name) {
            return new ToolChoice(Mode.NAMED, name);
        }
    }

    /**
     * Wishes beside the words. What the body says here wins over the suffix of the model's name.
     *
     * @param chatType what kind of answer is wanted, where the body says so
     * @param thinking whether to think first, where the body says so
     * @param thinkingBudget most tokens to think, positive
     * @param size picture or video format as the client wrote it: a ratio or OpenAI's pixel size
     * @param stop texts that end the answer, not empty; at most a handful
     * @param maxTokens most tokens of output, positive
     * @param format what the answer must look like
     * @param passedOn further fields of the request by their names in OpenAI's API, as compact JSON text, for upstreams
     *     that speak it
     * @param parallelCalls whether one answer may call several tools
     * @param sourcesAfterAnswer whether the sources of a search follow the answer even where thinking is shown
     * @param thinkTags whether thinking may stand in the text, between tags, where the settings say so
     */
    public record Options(
            Optional<ChatType> chatType,
            Optional<Boolean> thinking,
            OptionalInt thinkingBudget,
            Optional<String> size,
            List<String> stop,
            OptionalInt maxTokens,
            AnswerFormat format,
            Map<String, String> passedOn,
            boolean parallelCalls,
            boolean sourcesAfterAnswer,
            boolean thinkTags) {

        /** No wish at all. */
        public static final Options NONE = new Options(
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                List.of(),
                OptionalInt.empty(),
                AnswerFormat.TEXT);

        /** The options of a picture or a video. */
        public static Options drawing(ChatType type, Optional<String> size) {
            return new Options(
                    Optional.of(type),
                    Optional.empty(),
                    OptionalInt.empty(),
                    size,
                    List.of(),
                    OptionalInt.empty(),
                    AnswerFormat.TEXT);
        }

        /** The same options with at most one call in an answer, or any number. */
        public Options withParallelCalls(boolean allowed) {
            return with(allowed, sourcesAfterAnswer, thinkTags);
        }

        /** The same options for a client that does not look for sources in thinking. */
        public Options withSourcesAfterAnswer() {
            return with(parallelCalls, true, thinkTags);
        }

        /** The same options for a client that wants the text of the answer alone. */
        public Options withoutThinkTags() {
            return with(parallelCalls, sourcesAfterAnswer, false);
        }

        private Options with(boolean parallel, boolean after, boolean tags) {
            return new Options(
                    chatType, thinking, thinkingBudget, size, stop, maxTokens, format, passedOn, parallel, after, tags);
        }

        /** Most calls in one answer. */
        public int mostCalls() {
            return parallelCalls ? Integer.MAX_VALUE : 1;
        }

        public Options {
            stop = List.copyOf(stop);
            passedOn = Map.copyOf(passedOn);
        }

        /** Options without further fields. */
        public Options(
                Optional<ChatType> chatType,
                Optional<Boolean> thinking,
                OptionalInt thinkingBudget,
                Optional<String> size,
                List<String> stop,
                OptionalInt maxTokens,
                AnswerFormat format) {
            this(chatType, thinking, thinkingBudget, size, stop, maxTokens, format, Map.of(), true, false, true);
        }
    }

    /**
     * The form of the answer's text.
     *
     * @param kind free text, any JSON object, JSON after a schema, or one of a schema's values
     * @param schema the JSON schema as compact JSON text, with {@link Kind#JSON_SCHEMA} and {@link Kind#ENUM} only;
     *     empty otherwise
     */
    public record AnswerFormat(Kind kind, String schema) {

        /** The three forms of OpenAI's {@code response_format}, and a further one of Gemini's. */
        public enum Kind {
            TEXT,
            JSON_OBJECT,
            JSON_SCHEMA,
            /** One value of the schema's {@code enum}, as plain text. */
            ENUM
        }

        public static final AnswerFormat TEXT = new AnswerFormat(Kind.TEXT, "");
        public static final AnswerFormat JSON_OBJECT = new AnswerFormat(Kind.JSON_OBJECT, "");
    }
}
