package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Answer.Part;
import dev.qwen2api.fakeqwen.Answer.Thought;
import dev.qwen2api.fakeqwen.Step.Frame;
import dev.qwen2api.fakeqwen.Step.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Turns an answer into the steps of its stream, in the frame order of the captures. */
final class AnswerSteps {
    private static final int EMPTY_FRAMES = 2;

    private final Answer answer;
    private final Prompt prompt;
    private final Frames frames;
    private final UsageMeter meter;
    private final List<Step> steps = new ArrayList<>();
    private final List<Thought> thoughts = new ArrayList<>();

    private AnswerSteps(Answer answer, Prompt prompt, Frames frames) {
        this.answer = answer;
        this.prompt = prompt;
        this.frames = frames;
        this.meter = new UsageMeter(answer, prompt);
    }

    static List<Step> of(Answer answer, Prompt prompt, Frames frames) {
        return new AnswerSteps(answer, prompt, frames).build();
    }

    private List<Step> build() {
        pause(answer.pace().first());
        var exact = answer.first(Part.Body.class);
        if (exact.isPresent()) {
            steps.add(Frame.of(Kind.BODY, exact.get().wire()));
            return steps;
        }
        steps.add(frames.created());
        answer.parts().forEach(this::part);
        if (prompt.phases()) {
            end();
        }
        return steps;
    }

    private void part(Part part) {
        if (part instanceof Part.KeepAlives alive) {
            keepAlives(alive.count());
        } else if (part instanceof Part.Summary summary && prompt.thinking()) {
            summary(summary);
        } else if (part instanceof Part.Think think && prompt.thinking()) {
            think(think);
        } else if (part instanceof Part.Search search) {
            search(search);
        } else if (part instanceof Part.Text text) {
            text.chunks().forEach(this::text);
        } else if (part instanceof Part.Picture picture) {
            pause(answer.pace().perChunk());
            steps.add(frames.picture(picture));
        } else if (part instanceof Part.Raw raw) {
            pause(answer.pace().perChunk());
            steps.add(Frame.of(Kind.RAW, raw.wire()));
        }
    }

    private void keepAlives(int count) {
        for (int i = 0; i < count; i++) {
            pause(answer.pace().keepAliveEvery());
            steps.add(frames.keepAlive());
        }
    }

    private void summary(Part.Summary summary) {
        for (Thought thought : summary.thoughts()) {
            thoughts.add(thought);
            steps.add(
                    prompt.phases()
                            ? frames.summary(thoughts, meter.thinking())
                            : frames.bare(thought.thought(), meter.thinking()));
        }
        thinkingFinished("thinking_summary");
    }

    private void think(Part.Think think) {
        for (String delta : think.deltas()) {
            steps.add(prompt.phases() ? frames.think(delta, meter.thinking()) : frames.bare(delta, meter.thinking()));
        }
        thinkingFinished("think");
    }

    private void thinkingFinished(String phase) {
        if (prompt.phases()) {
            steps.add(frames.thinkingFinished(phase));
        }
    }

    private void search(Part.Search search) {
        if (search.older()) {
            for (int i = 1; i <= search.docs().size(); i++) {
                steps.add(frames.searchInfo(search.docs().subList(0, i), meter.now()));
            }
        } else {
            String arguments = "{\"queries\": [" + Json.quoted(search.query()) + "]}";
            String function = "round_0_call_" + Ids.hex(12);
            String half = arguments.substring(0, arguments.length() / 2);
            steps.add(frames.toolCall("web_search", half, function, meter.now()));
            steps.add(frames.toolCall("web_search", arguments, function, meter.now()));
            steps.add(frames.toolResult("web_search", search.docs()));
        }
        meter.toolRound();
    }

    private void text(String chunk) {
        pause(answer.pace().perChunk());
        steps.add(prompt.phases() ? frames.text(chunk, meter.text()) : frames.bare(chunk, meter.text()));
    }

    private void end() {
        boolean pictures = answer.first(Part.Picture.class).isPresent();
        if (!pictures) {
            for (int i = 0; i < EMPTY_FRAMES; i++) {
                steps.add(frames.text("", meter.now()));
            }
        }
        steps.add(frames.last(pictures ? "image_gen" : "answer"));
    }

    private void pause(Duration length) {
        if (!length.isZero()) {
            steps.add(new Step.Pause(length));
        }
    }
}
