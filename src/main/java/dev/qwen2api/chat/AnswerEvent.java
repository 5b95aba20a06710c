package dev.qwen2api.chat;

import java.util.List;
import java.util.Optional;

/** An event of an answer. A new type does not compile until every {@link Visitor} handles it. */
public sealed interface AnswerEvent {

    void accept(Visitor visitor);

    /** One method per kind of event. */
    interface Visitor {
        void reasoning(Reasoning event);

        void text(Text event);

        void toolCallOpened(ToolCallOpened event);

        void toolCallArguments(ToolCallArguments event);

        void sources(Sources event);

        /** Words, in dialects that have no field for pictures. */
        default void picture(Picture event) {
            text(new Text(Markdown.picture(event.url())));
        }

        /** Concerns those alone who can ask for the video later. */
        default void rendering(Rendering event) {}

        /** Words, in dialects that have no field for videos. */
        default void video(Video event) {
            text(new Text(Markdown.video(event.url())));
        }

        void usage(Usage event);

        void finished(Finished event);
    }

    /**
     * More of the model's thinking.
     *
     * @param text never empty
     * @param hidden whether only the service needed it: the client did not ask for thinking and gets none, but a call
     *     in it is a call
     */
    record Reasoning(String text, boolean hidden) implements AnswerEvent {

        public Reasoning(String text) {
            this(text, false);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.reasoning(this);
        }
    }

    /** More of the answer; never empty. */
    record Text(String text) implements AnswerEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.text(this);
        }
    }

    /**
     * The model began to call a tool. Calls come one after the other: the arguments of one are complete when the next
     * opens.
     *
     * @param index position among the calls of this answer, from 0
     * @param id unique name of the call
     * @param name the function
     */
    record ToolCallOpened(int index, String id, String name) implements AnswerEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.toolCallOpened(this);
        }
    }

    /**
     * More of a call's arguments.
     *
     * @param index the call's position
     * @param json the next piece of the arguments' JSON text; never empty
     */
    record ToolCallArguments(int index, String json) implements AnswerEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.toolCallArguments(this);
        }
    }

    /** The web pages that the answer draws on, all known so far; a later event replaces an earlier one. */
    record Sources(List<Source> list) implements AnswerEvent {
        public Sources {
            list = List.copyOf(list);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.sources(this);
        }
    }

    /**
     * One web page.
     *
     * @param number with which the answer cites it, from 1; the numbers of an answer may have gaps
     * @param url its address
     * @param title its title; the address where it has none
     * @param snippet what was found there; may be empty
     * @param site name of the site; may be empty
     * @param date when it was published, as the upstream writes it; may be empty
     */
    record Source(int number, String url, String title, String snippet, String site, String date) {}

    /** A finished picture at {@code url}. */
    record Picture(String url) implements AnswerEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.picture(this);
        }
    }

    /**
     * The upstream has begun to make a video, which takes minutes.
     *
     * @param task the upstream's name of it
     * @param user the upstream's id of its user; empty where the token names none
     */
    record Rendering(String task, Optional<String> user) implements AnswerEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.rendering(this);
        }
    }

    /** A finished video at {@code url}. */
    record Video(String url) implements AnswerEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.video(this);
        }
    }

    /**
     * What the answer has cost so far; a later event replaces an earlier one.
     *
     * @param input tokens read, at least 0
     * @param output tokens written, thinking included, at least 0
     * @param reasoning tokens of {@code output} that were thinking
     * @param cached tokens of {@code input} that the upstream had cached
     */
    record Usage(int input, int output, int reasoning, int cached) implements AnswerEvent {
        public Usage {
            if (input < 0 || output < 0 || reasoning < 0 || cached < 0) {
                throw new IllegalArgumentException("negative token count");
            }
        }

        public int total() {
            return input + output;
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.usage(this);
        }
    }

    /**
     * The answer is complete; nothing follows.
     *
     * @param reason why it ended
     * @param stop with {@link Reason#STOP}: the client's stop text that ended it, where one did
     */
    record Finished(Reason reason, Optional<String> stop) implements AnswerEvent {
        /** Why an answer ended. */
        public enum Reason {
            STOP,
            LENGTH,
            TOOL_CALLS,
            CONTENT_FILTER
        }

        /** An end that no stop text brought about. */
        public Finished(Reason reason) {
            this(reason, Optional.empty());
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.finished(this);
        }
    }
}
