package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tools of one conversation, found by the name that the model wrote: exactly, or else regardless of case, separators and
 * a name space in front ({@code Read_File}, {@code functions.read_file}) if only one tool is meant by that.
 */
final class ToolLookup {

    /** Kimi numbers its calls: {@code functions.read_file:0}. */
    private static final Pattern COUNTER = Pattern.compile(":\\d{1,4}$");

    private final Map<String, Tool> exact = new LinkedHashMap<>();

    /** By {@link #fold folded} name; empty where two tools share it. */
    private final Map<String, Optional<Tool>> folded = new HashMap<>();

    ToolLookup(List<Tool> tools) {
        for (Tool tool : tools) {
            exact.putIfAbsent(tool.name(), tool);
        }
        for (Tool tool : exact.values()) {
            folded.merge(fold(tool.name()), Optional.of(tool), (one, other) -> Optional.empty());
        }
    }

    Optional<Tool> find(String written) {
        String name = COUNTER.matcher(written.strip()).replaceFirst("");
        Tool same = exact.get(name);
        if (same != null) {
            return Optional.of(same);
        }
        Optional<Tool> near = near(name);
        return near.isPresent() ? near : near(name.substring(nameSpaceEnd(name)));
    }

    private Optional<Tool> near(String name) {
        return folded.getOrDefault(fold(name), Optional.empty());
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
