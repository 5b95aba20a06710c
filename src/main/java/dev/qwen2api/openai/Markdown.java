package dev.qwen2api.openai;

import dev.qwen2api.chat.AnswerEvent;

/** What OpenAI's chat has no field for, as Markdown. */
public final class Markdown {

    private Markdown() {}

    public static String picture(AnswerEvent.Picture picture) {
        return "![image](" + picture.url() + ")\n";
    }
}
