package dev.qwen2api.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Prompt;
import dev.qwen2api.fakeqwen.StreamFaults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model that answers by the rules of a JSON file: the first rule that fits the conversation and has uses left.
 *
 * <p>It sees what the service's model would see: the earlier turns of the chat, the documents, and the message. A rule
 * that breaks its answer off looks at the message alone. Safe for use by several threads.
 */
final class ScriptedModel {
    private final FakeQwen fake;
    private final List<Counted> rules;
    private final ConcurrentMap<String, String> chats = new ConcurrentHashMap<>();

    private record Counted(ModelRule rule, AtomicInteger used) {
        /** Whether the rule had a use left; takes it. */
        boolean take() {
            return used.incrementAndGet() <= rule.times() || rule.times() == 0;
        }
    }

    private ScriptedModel(FakeQwen fake, List<ModelRule> rules) {
        this.fake = fake;
        this.rules = rules.stream()
                .map(rule -> new Counted(rule, new AtomicInteger()))
                .toList();
    }

    /** Lets the stand-in answer by the rules of a file. */
    static void install(FakeQwen fake, Path file) throws IOException {
        List<ModelRule> rules = JsonMapper.builder().build().readValue(file.toFile(), new TypeReference<>() {});
        var model = new ScriptedModel(fake, rules);
        fake.script().when(prompt -> prompt.chatType().equals("t2t"), model::answer);
        for (ModelRule rule : rules) {
            if (rule.resetAfter() > 0) {
                fake.faults()
                        .add(StreamFaults.resetAfterText(rule.resetAfter()).when(request -> rule.fits(request.text())));
            }
        }
    }

    private Answer answer(Prompt prompt) {
        String seen = seen(prompt);
        Answer answer = rules.stream()
                .filter(counted -> counted.rule().fits(seen) && counted.take())
                .findFirst()
                .map(counted -> counted.rule().answer())
                .orElseGet(() -> Answer.text("No rule fits this."));
        chats.merge(prompt.userId() + prompt.chatId(), seen + "\n" + answer, (before, now) -> now);
        return answer.usage(100, 30);
    }

    private String seen(Prompt prompt) {
        var seen = new StringBuilder(prompt.parentId()
                .map(parent -> chats.getOrDefault(prompt.userId() + prompt.chatId(), ""))
                .orElse(""));
        for (var file : prompt.message().path("files")) {
            fake.uploads()
                    .find(file.path("id").asText())
                    .ifPresent(stored -> seen.append('\n').append(new String(stored.bytes(), UTF_8)));
        }
        return seen.append('\n').append(prompt.text()).toString();
    }
}
