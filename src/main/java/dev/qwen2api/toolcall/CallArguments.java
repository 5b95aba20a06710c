package dev.qwen2api.toolcall;

import dev.qwen2api.toolcall.JsonMembers.Member;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the arguments among the members of a call: in an object of their own, or beside the name. The tool's schema
 * decides where a member may be either.
 *
 * @param parameters of the tool that is called
 * @param plain whether arguments may be something else than an object; it becomes the parameter that it fits
 */
record CallArguments(ParameterTypes parameters, boolean plain) {

    static final List<String> KEYS = List.of(
            "arguments args parameters params input tool_input action_input kwargs arguments_json".split(" ", -1));

    /** The keys of the member that names the tool. */
    static final Set<String> NAMES =
            Set.of("name", "tool", "tool_name", "toolName", "function", "function_name", "action");

    /** What stands beside the arguments in a call and is none of them, if the schema does not say otherwise. */
    static final Set<String> BESIDES = Set.of("id", "type", "index", "call_id", "tool_call_id");

    /** What the member {@code type} says of a call. */
    private static final Set<String> CALL_TYPES =
            Set.of("function", "function_call", "tool_call", "tool_use", "custom", "custom_tool_call");

    /** The arguments that stand under a key of their own. */
    Optional<String> explicit(List<Member> members, Member name) {
        for (String key : KEYS) {
            for (Member member : members) {
                if (!member.equals(name) && member.key().equals(key)) {
                    return in(member, members, name);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> in(Member member, List<Member> members, Member name) {
        if (isParameter(member, members, name)) {
            return Optional.of(beside(members, name));
        }
        Optional<String> object = asObject(member.value());
        return plain ? object.or(() -> Optional.of(parameter(member, members, name))) : object;
    }

    /** Whether a member that may hold the arguments is one of them itself. */
    private boolean isParameter(Member member, List<Member> members, Member name) {
        String value = member.value();
        boolean taught = member.key().equals("arguments") && JsonMembers.isObject(value);
        if (taught || !parameters.knows(member.key())) {
            return false;
        }
        boolean others = members.stream()
                .anyMatch(each -> !each.equals(member)
                        && !each.equals(name)
                        && !BESIDES.contains(each.key())
                        && parameters.knows(each.key()));
        return others || (plain || JsonMembers.isObject(value)) && !value.equals("null") && !holdsParameters(value);
    }

    private boolean holdsParameters(String value) {
        List<Member> inside = asObject(value).map(JsonMembers::members).orElse(List.of());
        boolean empty = inside.isEmpty() && JsonMembers.isObject(value);
        return empty || inside.stream().anyMatch(each -> parameters.knows(each.key()));
    }

    /** Arguments as an object: as they are, out of a string that holds JSON, or empty. */
    private static Optional<String> asObject(String value) {
        if (JsonMembers.isObject(value)) {
            return Optional.of(value);
        }
        String inside = JsonMembers.isString(value) ? JsonMembers.unquote(value).strip() : value;
        if (inside.isEmpty() || inside.equals("null")) {
            return Optional.of("{}");
        }
        return JsonMembers.isObject(inside) ? LenientJson.repairWhole(inside) : Optional.empty();
    }

    /** A value that is no object, as the parameter that it can only be meant for, or else under the key that it has. */
    private String parameter(Member member, List<Member> members, Member name) {
        String key = parameters
                .only(SchemaTypes.typeOf(member.value()))
                .filter(only -> members.stream().noneMatch(each -> each.key().equals(only)))
                .orElse(member.key());
        StringBuilder object = new StringBuilder("{");
        append(object, new Member(key, member.value()));
        members.stream()
                .filter(each -> !each.equals(member) && !each.equals(name) && parameters.knows(each.key()))
                .forEach(each -> append(object, each));
        return object.append('}').toString();
    }

    /** Whatever is not the name: arguments that were not put into an object of their own. */
    String beside(List<Member> members, Member name) {
        boolean labelled = members.stream().anyMatch(CallArguments::saysCall);
        StringBuilder object = new StringBuilder("{");
        for (Member member : members) {
            boolean spare = BESIDES.contains(member.key()) && (labelled || !parameters.isEmpty())
                    || NAMES.contains(member.key()) && !parameters.isEmpty();
            if (!member.equals(name) && (!spare || parameters.knows(member.key()))) {
                append(object, member);
            }
        }
        return object.append('}').toString();
    }

    private static boolean saysCall(Member member) {
        return member.key().equals("type")
                && JsonMembers.isString(member.value())
                && CALL_TYPES.contains(JsonMembers.unquote(member.value()));
    }

    private static void append(StringBuilder object, Member member) {
        object.append(object.length() > 1 ? "," : "");
        object.append(JsonMembers.quote(member.key())).append(':').append(member.value());
    }
}
