package dev.qwen2api.toolcall;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds calls in complete, valid JSON, under any of the keys that models use for their parts. */
final class CallExtractor {

    private static final Set<String> NAMES =
            Set.of("name", "tool", "tool_name", "toolName", "function", "function_name", "action");
    private static final List<String> ARGUMENTS = List.of(
            "arguments args parameters params input tool_input action_input kwargs arguments_json".split(" ", -1));
    private static final Set<String> WRAPPERS = Set.of("function", "function_call", "tool_call", "tool_use", "call");
    private static final Set<String> LISTS = Set.of("tool_calls", "function_calls", "calls");
    private static final Set<String> BESIDES = Set.of("id", "type", "index", "call_id", "tool_call_id");

    /** Deepest nesting of wrappers and lists around a call. */
    private static final int MOST_DEPTH = 4;

    private final ToolLookup tools;

    /** Whether the JSON need not say which of its members are arguments. */
    private final boolean mayLackArguments;

    /** Whether calls of tools that are not offered count. */
    private final boolean anyName;

    private CallExtractor(ToolLookup tools, boolean mayLackArguments, boolean anyName) {
        this.tools = tools;
        this.mayLackArguments = mayLackArguments;
        this.anyName = anyName;
    }

    /** A call: the name of the tool and a JSON object of arguments. */
    record ParsedToolCall(String name, String arguments) {}

    /** Reads calls that stand between marks. */
    static CallExtractor marked(ToolLookup tools) {
        return new CallExtractor(tools, true, true);
    }

    /** Reads JSON that may be part of the answer: it must name both an offered tool and its arguments. */
    static CallExtractor unmarked(ToolLookup tools) {
        return new CallExtractor(tools, false, false);
    }

    /** Reads JSON that must name both a tool, offered or not, and its arguments. */
    static CallExtractor explicit(ToolLookup tools) {
        return new CallExtractor(tools, false, true);
    }

    /** Whether a member with this key can be part of a call. */
    static boolean mayBeginCall(String key) {
        return NAMES.contains(key)
                || ARGUMENTS.contains(key)
                || WRAPPERS.contains(key)
                || LISTS.contains(key)
                || BESIDES.contains(key);
    }

    static boolean isName(String key) {
        return NAMES.contains(key);
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
        for (JsonMembers.Member member : members) {
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
        Optional<String> name = members.stream()
                .filter(member -> NAMES.contains(member.key()) && JsonMembers.isString(member.value()))
                .findFirst()
                .flatMap(member -> name(JsonMembers.unquote(member.value())));
        if (name.isEmpty() || isDefinition(members)) {
            return List.of();
        }
        return arguments(members).map(json -> new ParsedToolCall(name.get(), json)).stream()
                .toList();
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

    private Optional<String> arguments(List<JsonMembers.Member> members) {
        for (String key : ARGUMENTS) {
            for (JsonMembers.Member member : members) {
                if (member.key().equals(key)) {
                    return asObject(member.value());
                }
            }
        }
        return mayLackArguments ? Optional.of(rest(members)) : Optional.empty();
    }

    /** Arguments as an object: as they are, out of a string that holds JSON, or empty. */
    static Optional<String> asObject(String value) {
        if (JsonMembers.isObject(value)) {
            return Optional.of(value);
        }
        String inside = JsonMembers.isString(value) ? JsonMembers.unquote(value).strip() : value;
        if (inside.isEmpty() || inside.equals("null")) {
            return Optional.of("{}");
        }
        return JsonMembers.isObject(inside) ? LenientJson.repairWhole(inside) : Optional.empty();
    }

    /** Whatever is not the name: arguments that were not put into an object of their own. */
    private static String rest(List<JsonMembers.Member> members) {
        StringBuilder object = new StringBuilder("{");
        for (JsonMembers.Member member : members) {
            if (!NAMES.contains(member.key()) && !BESIDES.contains(member.key())) {
                object.append(object.length() > 1 ? "," : "");
                object.append(JsonMembers.quote(member.key())).append(':').append(member.value());
            }
        }
        return object.append('}').toString();
    }
}
