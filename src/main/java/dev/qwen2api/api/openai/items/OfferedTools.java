package dev.qwen2api.api.openai.items;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tools of one request that the model can call. The model calls a tool by one name; the client knows it by a name
 * within a name space. Immutable.
 */
public final class OfferedTools {

    /** In the name space of this name, OpenAI's models call tools by their bare names. */
    private static final String ROOT = "functions";

    private final Map<String, Offered> byName;

    /**
     * A tool as the client knows it.
     *
     * @param name the tool's name
     * @param nameSpace the name space that it was offered in; empty for none
     * @param form what a call of it looks like
     */
    public record Known(String name, String nameSpace, ToolForm form) {

        /** The name by which the model calls the tool. */
        public String fullName() {
            return nameSpace.isEmpty() || nameSpace.equals(ROOT) ? name : nameSpace + "." + name;
        }
    }

    /** A tool as the client and as the model know it. */
    public record Offered(Known known, Tool tool) {}

    private OfferedTools(Map<String, Offered> byName) {
        this.byName = byName;
    }

    /** These tools; of several with the same name the first. */
    public static OfferedTools of(List<Offered> offered) {
        var byName = new LinkedHashMap<String, Offered>();
        offered.forEach(each -> byName.putIfAbsent(each.tool().name(), each));
        return new OfferedTools(byName);
    }

    /** The tools that the model calls by the given names. */
    public OfferedTools only(Set<String> names) {
        var kept = new ArrayList<>(byName.values());
        kept.removeIf(each -> !names.contains(each.tool().name()));
        return of(kept);
    }

    public boolean isEmpty() {
        return byName.isEmpty();
    }

    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /** The tools as the model sees them. */
    public List<Tool> tools() {
        return byName.values().stream().map(Offered::tool).toList();
    }

    /** The tool that the model called; one that was not offered counts as a plain function. */
    public Known known(String name) {
        Offered offered = byName.get(name);
        return offered == null ? new Known(name, "", ToolForm.FUNCTION) : offered.known();
    }
}
