package dev.qwen2api.chat.tools;

import dev.qwen2api.chat.Conversation.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds calls in complete, sound JSON, under whatever keys models put their parts. */
final class CallReader {

    private static final Set<String> NAMES =
            Set.of("name", "tool", "tool_name", "toolName", "function", "function_name", "action");
    private static final List<String> ARGUMENTS = List.of(
            "arguments",
            "args",
            "parameters",
            "params",
            "input",
            "tool_input",
            "action_input",
            "kwargs",
            "arguments_json");
    private static final Set<String> WRAPPERS = Set.of("function", "function_call", "tool_call", "tool_use", "call");
    private static final Set<String> LISTS = Set.of("tool_calls", "function_calls", "calls");
    private static final Set<String> BESIDES = Set.of("id", "type", "index", "call_id", "tool_call_id");

    private final ToolBox tools;
    private final boolean marked;

    private CallReader(ToolBox tools, boolean marked) {
        this.tools = tools;
        this.marked = marked;
    }

    /** Reads calls that stand between marks: there the JSON need not say which of its members are arguments. */
    static CallReader marked(ToolBox tools) {
        return new CallReader(tools, true);
    }

    /** Reads JSON that may as well be part of the answer: it must name both the tool and its arguments. */
    static CallReader unmarked(ToolBox tools) {
        return new CallReader(tools, false);
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

    /** The calls in one object or array; empty unless all of it is calls to known tools. */
    List<Call> calls(String json) {
        return JsonText.isArray(json) ? all(JsonText.elements(json)) : inObject(json);
    }

    private List<Call> all(List<String> elements) {
        List<Call> calls = new ArrayList<>();
        for (String element : elements) {
            List<Call> found = JsonText.isObject(element) ? inObject(element) : List.of();
            if (found.isEmpty()) {
                return List.of();
            }
            calls.addAll(found);
        }
        return calls;
    }

    private List<Call> inObject(String object) {
        List<JsonText.Member> members = JsonText.members(object);
        for (JsonText.Member member : members) {
            if (LISTS.contains(member.key()) && JsonText.isArray(member.value())) {
                return all(JsonText.elements(member.value()));
            }
            if (WRAPPERS.contains(member.key()) && JsonText.isObject(member.value())) {
                return single(JsonText.members(member.value()));
            }
        }
        return single(members);
    }

    private List<Call> single(List<JsonText.Member> members) {
        Optional<Tool> tool = members.stream()
                .filter(member -> NAMES.contains(member.key()) && JsonText.isString(member.value()))
                .findFirst()
                .flatMap(member -> tools.find(JsonText.unquote(member.value())));
        if (tool.isEmpty() || isDefinition(members)) {
            return List.of();
        }
        return arguments(members).map(json -> new Call(tool.get(), json)).stream()
                .toList();
    }

    /** Models repeat the definition of a tool now and then, most often between the marks in which it was given. */
    private static boolean isDefinition(List<JsonText.Member> members) {
        boolean described = members.stream().anyMatch(member -> member.key().equals("description"));
        boolean schema = members.stream()
                .anyMatch(member -> member.key().equals("parameters") && JsonText.isObject(member.value()));
        return described && schema;
    }

    private Optional<String> arguments(List<JsonText.Member> members) {
        for (String key : ARGUMENTS) {
            for (JsonText.Member member : members) {
                if (member.key().equals(key)) {
                    return asObject(member.value());
                }
            }
        }
        return marked ? Optional.of(rest(members)) : Optional.empty();
    }

    /** Arguments as an object: as they are, out of a string that holds JSON, or empty. */
    static Optional<String> asObject(String value) {
        if (JsonText.isObject(value)) {
            return Optional.of(value);
        }
        String inside = JsonText.isString(value) ? JsonText.unquote(value).strip() : value;
        if (inside.isEmpty() || inside.equals("null")) {
            return Optional.of("{}");
        }
        return JsonText.isObject(inside) ? JsonRepair.mend(inside) : Optional.empty();
    }

    /** Whatever is not the name: arguments that were not put into an object of their own. */
    private static String rest(List<JsonText.Member> members) {
        StringBuilder object = new StringBuilder("{");
        for (JsonText.Member member : members) {
            if (!NAMES.contains(member.key()) && !BESIDES.contains(member.key())) {
                object.append(object.length() > 1 ? "," : "");
                object.append(JsonText.quote(member.key())).append(':').append(member.value());
            }
        }
        return object.append('}').toString();
    }
}
