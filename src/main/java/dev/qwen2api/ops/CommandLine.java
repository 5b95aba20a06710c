package dev.qwen2api.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parsed arguments of a command.
 *
 * @param flags the options without a value, such as {@code --json}
 * @param values the options with one, such as {@code --url}
 * @param operands everything else, in order
 */
public record CommandLine(Set<String> flags, Map<String, String> values, List<String> operands) {

    /** The options of a command without and with a value, and the number of its operands. */
    public record Syntax(Set<String> flags, Set<String> valued, int operands) {}

    /**
     * Parses the words.
     *
     * @return empty if they do not match the syntax
     */
    public static Optional<CommandLine> parse(List<String> words, Syntax syntax) {
        var flags = new LinkedHashSet<String>();
        var values = new LinkedHashMap<String, String>();
        var operands = new ArrayList<String>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (syntax.flags().contains(word)) {
                flags.add(word);
            } else if (syntax.valued().contains(word) && i + 1 < words.size()) {
                values.put(word, words.get(++i));
            } else if (word.startsWith("-") && !word.equals("-")) {
                return Optional.empty();
            } else {
                operands.add(word);
            }
        }
        return operands.size() == syntax.operands()
                ? Optional.of(new CommandLine(flags, values, operands))
                : Optional.empty();
    }

    public boolean has(String flag) {
        return flags.contains(flag);
    }

    public Optional<String> value(String option) {
        return Optional.ofNullable(values.get(option));
    }
}
