package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Answer.Doc;
import dev.qwen2api.fakeqwen.Answer.Thought;
import java.time.Duration;

/**
 * The answers of an unscripted fake.
 *
 * <p>"echo: X" anywhere in the prompt is answered with X, the last one counting, up to the end of the line or a closing
 * tag of the transcript around it.
 */
final class DefaultAnswers {
    private static final String ECHO = "echo:";

    private final String baseUrl;
    private final Duration perChunk;

    DefaultAnswers(String baseUrl, Duration perChunk) {
        this.baseUrl = baseUrl;
        this.perChunk = perChunk;
    }

    Answer answerTo(Prompt prompt) {
        Answer answer = switch (prompt.chatType()) {
            case "t2i", "image_edit" -> Answer.image(media(prompt, "png")).keepAlives(1);
            case "t2v", "i2v" -> Answer.video(media(prompt, "mp4")).readyAfterPolls(1);
            default -> text(prompt);
        };
        return answer.delayPerChunk(perChunk);
    }

    private Answer text(Prompt prompt) {
        Answer answer = Answer.text(words(prompt));
        if (prompt.thinking()) {
            answer = reasoning(answer, prompt.summary());
        }
        if (prompt.chatType().equals("search")) {
            answer = answer.search(
                    "an example",
                    new Doc("https://example.com/a", "Example A", "The first example."),
                    new Doc("https://example.org/b", "Example B", "The second example."));
        }
        return answer;
    }

    private static Answer reasoning(Answer answer, boolean summary) {
        return summary
                ? answer.thinking(
                        new Thought("Reading the question", "I look at what is asked."),
                        new Thought("Planning", "I choose a plan."))
                : answer.think("I look at ", "what is asked.");
    }

    private static String words(Prompt prompt) {
        String text = prompt.text();
        int at = text.lastIndexOf(ECHO);
        if (at >= 0) {
            String wanted =
                    text.substring(at + ECHO.length()).split("\\R|</", 2)[0].strip();
            return wanted.isEmpty() ? "Nothing to echo." : wanted;
        }
        String sources = prompt.chatType().equals("search") ? " See [[1]] and [[2]]." : "";
        return "Hello! This is " + prompt.model() + " speaking." + sources;
    }

    private String media(Prompt prompt, String ending) {
        return baseUrl + "/output/" + prompt.userId() + "/" + prompt.chatType() + "/" + Ids.uuid() + "." + ending
                + "?key=" + Ids.hex(32);
    }
}
