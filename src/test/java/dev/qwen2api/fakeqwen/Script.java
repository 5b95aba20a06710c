package dev.qwen2api.fakeqwen;

import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which answer goes to which prompt. Asked in this order: the queue of the account, the common queue, the rules as they
 * were added, the default. Safe for use by several threads.
 */
public final class Script {
    private final ConcurrentMap<String, Queue<Answer>> byAccount = new ConcurrentHashMap<>();
    private final Queue<Answer> common = new ConcurrentLinkedQueue<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private volatile Function<Prompt, Answer> otherwise;

    private record Rule(Predicate<Prompt> applies, Function<Prompt, Answer> answer) {}

    Script(Function<Prompt, Answer> otherwise) {
        this.otherwise = otherwise;
    }

    /** Answers for the next prompts of any account, each used once. */
    public Script queue(Answer... answers) {
        common.addAll(List.of(answers));
        return this;
    }

    /** Answers for the next prompts of one account, each used once. */
    public Script queueFor(String userId, Answer... answers) {
        byAccount.computeIfAbsent(userId, id -> new ConcurrentLinkedQueue<>()).addAll(List.of(answers));
        return this;
    }

    /** An answer for every prompt that fits. */
    public Script when(Predicate<Prompt> applies, Answer answer) {
        return when(applies, prompt -> answer);
    }

    /** An answer made for every prompt that fits. */
    public Script when(Predicate<Prompt> applies, Function<Prompt, Answer> answer) {
        rules.add(new Rule(applies, answer));
        return this;
    }

    /** An answer for every prompt whose text contains a phrase. */
    public Script whenAsked(String phrase, Answer answer) {
        return when(prompt -> prompt.text().contains(phrase), answer);
    }

    /** Texts for the first, second, ... prompt that fits; the last one repeats. */
    public Script turns(Predicate<Prompt> applies, String... texts) {
        AtomicInteger turn = new AtomicInteger();
        return when(applies, prompt -> Answer.text(texts[Math.min(turn.getAndIncrement(), texts.length - 1)]));
    }

    /** The answer where nothing else applies. */
    public Script otherwise(Answer answer) {
        otherwise = prompt -> answer;
        return this;
    }

    /** How many queued answers are left. */
    public int queued() {
        return common.size() + byAccount.values().stream().mapToInt(Queue::size).sum();
    }

    Answer answerTo(Prompt prompt) {
        return queued(prompt)
                .or(() -> rules.stream()
                        .filter(rule -> rule.applies().test(prompt))
                        .findFirst()
                        .map(rule -> rule.answer().apply(prompt)))
                .orElseGet(() -> otherwise.apply(prompt));
    }

    private Optional<Answer> queued(Prompt prompt) {
        Queue<Answer> own = byAccount.get(prompt.userId());
        return Optional.ofNullable(own).map(Queue::poll).or(() -> Optional.ofNullable(common.poll()));
    }
}
