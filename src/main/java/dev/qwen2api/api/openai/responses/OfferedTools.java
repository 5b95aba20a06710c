package dev.qwen2api.api.openai.responses;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tools of one request that a model can call. A model knows a tool by one name, a client by a name within a name space;
 * here is which is which. Immutable.
 */
public final class OfferedTools {

    /** No tool at all. */
    public static final OfferedTools NONE = new OfferedTools(Map.of());

    /** In the name space of this name OpenAI's models call tools by their bare names. */
    private static final String ROOT = "functions";

    private final Map<String, Offered> byTold;

    /**
     * A tool as the client knows it.
     *
     * @param name the tool's name
     * @param nameSpace the name space that it was offered in; empty for none
     * @param custom whether it takes free text in place of JSON
     */
    record Known(String name, String nameSpace, boolean custom) {

        /** The name that a model is told. */
        String told() {
            return nameSpace.isEmpty() || nameSpace.equals(ROOT) ? name : nameSpace + "." + name;
        }
    }

    /** A tool as both sides know it. */
    record Offered(Known known, Tool tool) {}

    private OfferedTools(Map<String, Offered> byTold) {
        this.byTold = byTold;
    }

    /** All of these; of several with the same name the first. */
    static OfferedTools of(List<Offered> offered) {
        var byTold = new LinkedHashMap<String, Offered>();
        offered.forEach(each -> byTold.putIfAbsent(each.tool().name(), each));
        return new OfferedTools(byTold);
    }

    /** Those of these tools that models know by the given names. */
    OfferedTools only(Set<String> told) {
        var kept = new ArrayList<>(byTold.values());
        kept.removeIf(each -> !told.contains(each.tool().name()));
        return of(kept);
    }

    boolean isEmpty() {
        return byTold.isEmpty();
    }

    boolean has(String told) {
        return byTold.containsKey(told);
    }

    /** What models are told. */
    List<Tool> tools() {
        return byTold.values().stream().map(Offered::tool).toList();
    }

    /** The tool that a model called; one that was never offered is taken for a plain function. */
    Known known(String told) {
        Offered offered = byTold.get(told);
        return offered == null ? new Known(told, "", false) : offered.known();
    }
}
