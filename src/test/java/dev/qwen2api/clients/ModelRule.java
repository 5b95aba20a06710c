package dev.qwen2api.clients;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.qwen2api.fakeqwen.Answer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule of the scripted model: which conversation it applies to, and the answer it gives.
 *
 * @param contains phrases that all have to occur in what the model sees
 * @param lacks phrases of which none may occur
 * @param times how often the rule applies at most; 0 for no limit
 * @param text the answer
 * @param thinking a reasoning summary before the answer; empty for none
 * @param delayMs the wait before each word
 * @param resetAfter after how many words the connection is reset; 0 for never
 */
@JsonIgnoreProperties("comment")
record ModelRule(
        List<String> contains,
        List<String> lacks,
        int times,
        String text,
        String thinking,
        int delayMs,
        int resetAfter) {

    /** Fills in what a rule left out. */
    ModelRule(
            @JsonProperty("contains") @Nullable List<String> contains,
            @JsonProperty("lacks") @Nullable List<String> lacks,
            @JsonProperty("times") int times,
            @JsonProperty("text") @Nullable String text,
            @JsonProperty("thinking") @Nullable String thinking,
            @JsonProperty("delayMs") int delayMs,
            @JsonProperty("resetAfter") int resetAfter) {
        this.contains = contains == null ? List.of() : List.copyOf(contains);
        this.lacks = lacks == null ? List.of() : List.copyOf(lacks);
        this.times = times;
        this.text = text == null ? "" : text;
        this.thinking = thinking == null ? "" : thinking;
        this.delayMs = delayMs;
        this.resetAfter = resetAfter;
    }

    boolean fits(String seen) {
        return contains.stream().allMatch(seen::contains) && lacks.stream().noneMatch(seen::contains);
    }

    Answer answer() {
        Answer answer = Answer.text(text).delayPerChunk(Duration.ofMillis(delayMs));
        return thinking.isEmpty() ? answer : answer.thinking(new Answer.Thought("Weighing", thinking));
    }
}
