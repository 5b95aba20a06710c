package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the tools of one conversation by the name that the model wrote: exactly, or else regardless of case, separators
 * and a name space that was added ({@code functions.read_file}) or left out ({@code status} for {@code
 * mcp__git__status}), if that fits only one tool.
 */
final class ToolLookup {

    /** Kimi numbers its calls: {@code functions.read_file:0}. */
    private static final Pattern COUNTER = Pattern.compile(":\\d{1,4}$");

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.:/-]{1,128}");

    /** Longest name that may be nearly right; a longer one is found only as it is. */
    private static final int LONGEST_VARIANT = 256;

    private static final Pattern NAME_SPACE_END = Pattern.compile("__|[.:/]");

    private final Map<String, Tool> exact = new LinkedHashMap<>();

    /** By {@link #fold folded} name; empty where two tools share it. */
    private final Map<String, Optional<Tool>> folded = new HashMap<>();

    /** By the folded rest of the name behind a name space; empty where two tools share it. */
    private final Map<String, Optional<Tool>> bare = new HashMap<>();

    private final Map<String, ParameterTypes> types = new HashMap<>();

    ToolLookup(List<Tool> tools) {
        for (Tool tool : tools) {
            exact.putIfAbsent(tool.name(), tool);
        }
        exact.values().stream()
                .filter(tool -> tool.name().length() <= LONGEST_VARIANT)
                .forEach(this::putVariants);
    }

    private void putVariants(Tool tool) {
        put(folded, tool.name(), tool);
        Matcher end = NAME_SPACE_END.matcher(tool.name());
        while (end.find()) {
            put(bare, tool.name().substring(end.end()), tool);
        }
    }

    private static void put(Map<String, Optional<Tool>> tools, String name, Tool tool) {
        if (!name.isEmpty()) {
            tools.merge(
                    fold(name), Optional.of(tool), (one, other) -> one.filter(same -> same.equals(other.orElse(null))));
        }
    }

    /** The offered tool that a name stands for. */
    Optional<Tool> find(String written) {
        if (written.length() > LONGEST_VARIANT) {
            return Optional.ofNullable(exact.get(written));
        }
        String name = COUNTER.matcher(written.strip()).replaceFirst("");
        Tool same = exact.get(name);
        if (same != null) {
            return Optional.of(same);
        }
        String local = name.substring(nameSpaceEnd(name));
        return in(folded, name)
                .or(() -> in(folded, local))
                .or(() -> in(bare, name))
                .or(() -> in(bare, local));
    }

    /**
     * The name under which a call is passed on: that of the offered tool, else the one written; empty if it is no name.
     */
    Optional<String> callable(String written) {
        String name = written.length() > LONGEST_VARIANT ? written : written.strip();
        return find(name)
                .map(Tool::name)
                .or(() -> Optional.of(name).filter(text -> NAME.matcher(text).matches() && !exact.isEmpty()));
    }

    /** The types of a tool's parameters; its schema is read once. */
    ParameterTypes types(String name) {
        Tool tool = exact.get(name);
        return tool == null ? ParameterTypes.UNKNOWN : types.computeIfAbsent(name, first -> ParameterTypes.of(tool));
    }

    private static Optional<Tool> in(Map<String, Optional<Tool>> tools, String name) {
        return tools.getOrDefault(fold(name), Optional.empty());
    }

    private static int nameSpaceEnd(String name) {
        return Math.max(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':')), name.lastIndexOf('/')) + 1;
    }

    private static String fold(String name) {
        StringBuilder letters = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (Character.isLetterOrDigit(name.charAt(i))) {
                letters.append(name.charAt(i));
            }
        }
        return letters.length() == 0 ? name : letters.toString().toLowerCase(Locale.ROOT);
    }
}
