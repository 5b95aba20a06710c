package dev.qwen2api.openai;

import dev.qwen2api.chat.AnswerEvent;

/** What OpenAI's chat has no field for, as Markdown. */
final class Markdown {

    private Markdown() {}

    static String picture(AnswerEvent.Picture picture) {
        return "![image](" + picture.url() + ")\n";
    }
}
