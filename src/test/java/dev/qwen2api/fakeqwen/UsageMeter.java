package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Answer.Part;
import dev.qwen2api.fakeqwen.Answer.Usage;

/**
 * The cumulative {@code usage} of the frames of one answer. A tool round enlarges the input count, as the service does.
 */
final class UsageMeter {
    private static final int HIDDEN_PROMPT_TOKENS = 1011;
    private static final int CACHED_TOKENS = 512;
    private static final int TOOL_ROUND_GROWTH = 5;

    private final Usage total;
    private final int thinkingFrames;
    private final int textFrames;
    private int thought;
    private int said;
    private int input;

    UsageMeter(Answer answer, Prompt prompt) {
        int textLength = answer.texts().stream().mapToInt(String::length).sum();
        thinkingFrames = prompt.thinking()
                ? answer.parts().stream().mapToInt(UsageMeter::thinkingFrames).sum()
                : 0;
        textFrames = Math.max(1, answer.texts().size());
        total = answer.usage().orElseGet(() -> estimate(prompt, textLength));
        boolean searches = answer.first(Part.Search.class).isPresent();
        input = searches ? Math.max(1, total.input() / TOOL_ROUND_GROWTH) : total.input();
    }

    /** The count after one more reasoning frame. */
    String thinking() {
        thought = Math.min(thought + 1, thinkingFrames);
        int reasoning = reasoningSoFar();
        return usage(reasoning, reasoning, "");
    }

    /** The count after one more text frame. */
    String text() {
        said = Math.min(said + 1, textFrames);
        return now();
    }

    /** The count as it is. */
    String now() {
        int text = (total.output() - total.reasoning()) * said / textFrames;
        String cached = ", \"prompt_tokens_details\": {\"cached_tokens\": " + Math.min(CACHED_TOKENS, input) + "}";
        return usage(reasoningSoFar() + text, reasoningSoFar(), cached);
    }

    /** A tool of the service has answered: its result is input from now on. */
    void toolRound() {
        input = total.input();
    }

    private int reasoningSoFar() {
        return thinkingFrames == 0 ? total.reasoning() : total.reasoning() * thought / thinkingFrames;
    }

    private String usage(int output, int reasoning, String cached) {
        String reasoned = reasoning > 0 ? "\"reasoning_tokens\": " + reasoning + ", " : "";
        return "{\"input_tokens\": " + input + ", \"output_tokens\": " + output
                + ", \"characters\": 0, \"total_tokens\": "
                + (input + output) + ", \"input_tokens_details\": {\"text_tokens\": " + input
                + "}, \"output_tokens_details\": {" + reasoned + "\"text_tokens\": " + output + "}" + cached + "}";
    }

    private Usage estimate(Prompt prompt, int textLength) {
        int reasoning = thinkingFrames * 8;
        int asked = HIDDEN_PROMPT_TOKENS + prompt.text().length() / 4 + 1;
        return new Usage(asked, reasoning + textLength / 4 + 1, reasoning);
    }

    private static int thinkingFrames(Part part) {
        if (part instanceof Part.Summary summary) {
            return summary.thoughts().size();
        }
        return part instanceof Part.Think think ? think.deltas().size() : 0;
    }
}
