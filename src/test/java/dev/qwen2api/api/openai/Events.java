package dev.qwen2api.api.openai;

import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.AnswerEvent.Sources;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Answers, event by event, as the domain allows them. */
public final class Events {

    private static final List<String> WORDS = List.of(
            "Hello", " ", "\n\n", "\"quoted\"", "back\\slash", "你好", "🐋", "data: [DONE]\n\n", "{}", "\u0000", "[[1]]");

    private Events() {}

    /** A whole answer made of chance: thinking, text and calls in any order and number, cost and end. */
    public static List<AnswerEvent> random(long seed) {
        var random = new Random(seed);
        var events = new ArrayList<AnswerEvent>();
        int calls = 0;
        for (int left = random.nextInt(12); left > 0; left--) {
            switch (random.nextInt(5)) {
                case 0 -> events.add(new Reasoning(words(random)));
                case 1 -> events.addAll(call(calls++, random));
                case 2 -> events.add(new Sources(sources(random.nextInt(3))));
                default -> events.add(new Text(words(random)));
            }
        }
        if (random.nextBoolean()) {
            events.add(new Usage(random.nextInt(1000), random.nextInt(1000), 0, random.nextInt(10)));
        }
        Finished.Reason[] reasons = Finished.Reason.values();
        events.add(new Finished(reasons[random.nextInt(reasons.length)]));
        return events;
    }

    public static List<Source> sources(int count) {
        var sources = new ArrayList<Source>();
        for (int i = 1; i <= count; i++) {
            sources.add(new Source(i, "https://example.com/" + i, "Page " + i, "snippet", "site", "2026-01-01"));
        }
        return sources;
    }

    private static List<AnswerEvent> call(int index, Random random) {
        return List.of(
                new ToolCallOpened(index, "call_" + index, "look_up"),
                new ToolCallArguments(index, "{\"q\":\""),
                new ToolCallArguments(index, random.nextInt(100) + "\"}"));
    }

    private static String words(Random random) {
        var words = new StringBuilder();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            words.append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return words.toString();
    }
}
