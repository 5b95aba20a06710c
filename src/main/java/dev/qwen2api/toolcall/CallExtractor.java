package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds calls in complete, valid JSON, under any of the keys that models use for their parts. */
final class CallExtractor {

    private static final Set<String> WRAPPERS = Set.of("function", "function_call", "tool_call", "tool_use", "call");
    private static final Set<String> LISTS = Set.of("tool_calls", "function_calls", "calls");

    /** Deepest nesting of wrappers and lists around a call. */
    private static final int MOST_DEPTH = 4;

    private final ToolLookup tools;

    /** Whether the JSON need not say which of its members are arguments. */
    private final boolean mayLackArguments;

    /** Whether calls of tools that are not offered count. */
    private final boolean anyName;

    /** Whether the arguments may be plain text. */
    private final boolean plain;

    private CallExtractor(ToolLookup tools, boolean mayLackArguments, boolean anyName, boolean plain) {
        this.tools = tools;
        this.mayLackArguments = mayLackArguments;
        this.anyName = anyName;
        this.plain = plain;
    }

    /** A call: the name of the tool and a JSON object of arguments. */
    record ParsedToolCall(String name, String arguments) {}

    /** Reads calls that stand between marks. */
    static CallExtractor marked(ToolLookup tools) {
        return new CallExtractor(tools, true, true, true);
    }

    /** Reads calls behind an opening mark that lack their last brackets: they must name their arguments. */
    static CallExtractor brokenOff(ToolLookup tools) {
        return new CallExtractor(tools, false, true, true);
    }

    /** Reads JSON that may be part of the answer: it must name both an offered tool and its arguments. */
    static CallExtractor unmarked(ToolLookup tools) {
        return new CallExtractor(tools, false, false, false);
    }

    /** Reads JSON that must name both a tool, offered or not, and its arguments. */
    static CallExtractor explicit(ToolLookup tools) {
        return new CallExtractor(tools, false, true, false);
    }

    /** Whether a member with this key can be part of a call. */
    static boolean mayBeginCall(String key) {
        return CallArguments.NAMES.contains(key)
                || CallArguments.KEYS.contains(key)
                || WRAPPERS.contains(key)
                || LISTS.contains(key)
                || CallArguments.BESIDES.contains(key);
    }

    static boolean isName(String key) {
        return CallArguments.NAMES.contains(key);
    }

    /** The calls in one object or array; empty unless all of it is calls. */
    List<ParsedToolCall> calls(String json) {
        return calls(json, MOST_DEPTH);
    }

    private List<ParsedToolCall> calls(String json, int depth) {
        if (JsonMembers.isArray(json) && depth > 0) {
            return all(JsonMembers.elements(json), depth - 1);
        }
        return JsonMembers.isObject(json) && depth > 0 ? inObject(json, depth - 1) : List.of();
    }

    private List<ParsedToolCall> all(List<String> elements, int depth) {
        List<ParsedToolCall> calls = new ArrayList<>();
        for (String element : elements) {
            List<ParsedToolCall> found = JsonMembers.isObject(element) ? calls(element, depth) : List.of();
            if (found.isEmpty()) {
                return List.of();
            }
            calls.addAll(found);
        }
        return calls;
    }

    private List<ParsedToolCall> inObject(String object, int depth) {
        List<JsonMembers.Member> members = JsonMembers.members(object);
        Optional<ParameterTypes> parameters = nameIn(members)
                .flatMap(name -> tools.find(JsonMembers.unquote(name.value())))
                .map(tool -> tools.types(tool.name()));
        for (JsonMembers.Member member : members) {
            if (parameters.filter(types -> types.knows(member.key())).isPresent()) {
                continue;
            }
            if (LISTS.contains(member.key()) && JsonMembers.isArray(member.value())) {
                return calls(member.value(), depth);
            }
            if (WRAPPERS.contains(member.key()) && JsonMembers.isObject(member.value())) {
                return single(JsonMembers.members(member.value()));
            }
        }
        return single(members);
    }

    private List<ParsedToolCall> single(List<JsonMembers.Member> members) {
        Optional<JsonMembers.Member> named = nameIn(members);
        Optional<String> name = named.flatMap(member -> name(JsonMembers.unquote(member.value())));
        if (name.isEmpty() || isDefinition(members)) {
            return List.of();
        }
        CallArguments arguments = new CallArguments(tools.types(name.get()), plain);
        return arguments
                .explicit(members, named.get())
                .or(() -> mayLackArguments ? Optional.of(arguments.beside(members, named.get())) : Optional.empty())
                .map(json -> new ParsedToolCall(name.get(), json))
                .stream()
                .toList();
    }

    /** The member that names the tool: the first that names an offered one, or else the first that may be a name. */
    private Optional<JsonMembers.Member> nameIn(List<JsonMembers.Member> members) {
        List<JsonMembers.Member> names = members.stream()
                .filter(member -> CallArguments.NAMES.contains(member.key()) && JsonMembers.isString(member.value()))
                .toList();
        return names.stream()
                .filter(member ->
                        tools.find(JsonMembers.unquote(member.value())).isPresent())
                .findFirst()
                .or(() -> names.stream().findFirst());
    }

    private Optional<String> name(String written) {
        return anyName ? tools.callable(written) : tools.find(written).map(Tool::name);
    }

    /** Models repeat the definition of a tool now and then, most often between the marks in which it was given. */
    private static boolean isDefinition(List<JsonMembers.Member> members) {
        boolean described = members.stream().anyMatch(member -> member.key().equals("description"));
        boolean schema = members.stream()
                .anyMatch(member -> member.key().equals("parameters") && JsonMembers.isObject(member.value()));
        return described && schema;
    }
}
