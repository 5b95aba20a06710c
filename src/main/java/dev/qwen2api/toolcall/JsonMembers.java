package dev.qwen2api.toolcall;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Well-formed JSON taken apart without re-writing it: the parts are the very characters that were there, so that a
 * number or a string reaches the client as the model wrote it.
 */
final class JsonMembers {

    /** One member of an object: its key unescaped, its value as JSON text. */
    record Member(String key, String value) {}

    private final String json;
    private int at;

    private JsonMembers(String json) {
        this.json = json;
    }

    static boolean isObject(String json) {
        return json.startsWith("{");
    }

    static boolean isArray(String json) {
        return json.startsWith("[");
    }

    static boolean isString(String json) {
        return json.startsWith("\"");
    }

    static List<Member> members(String object) {
        JsonMembers text = new JsonMembers(object.strip());
        List<Member> members = new ArrayList<>();
        text.at = 1;
        while (text.skipTo('}')) {
            String key = unquote(text.value());
            text.skipTo('}');
            members.add(new Member(key, text.value()));
        }
        return members;
    }

    static Optional<String> member(String object, String key) {
        return members(object).stream()
                .filter(member -> member.key().equals(key))
                .map(Member::value)
                .findFirst();
    }

    /** The texts among the elements of an array, or the one that a value is by itself. */
    static List<String> texts(String value) {
        List<String> all = isArray(value) ? elements(value) : List.of(value);
        return all.stream()
                .filter(JsonMembers::isString)
                .map(JsonMembers::unquote)
                .toList();
    }

    static List<String> elements(String array) {
        JsonMembers text = new JsonMembers(array.strip());
        List<String> elements = new ArrayList<>();
        text.at = 1;
        while (text.skipTo(']')) {
            elements.add(text.value());
        }
        return elements;
    }

    /** Moves to the next value; false if {@code end} comes first. */
    private boolean skipTo(char end) {
        while (at < json.length()) {
            char c = json.charAt(at);
            if (c == end) {
                return false;
            }
            if (!TextBuffer.isBlank(c) && c != ',' && c != ':') {
                return true;
            }
            at++;
        }
        return false;
    }

    private String value() {
        int start = at;
        int depth = 0;
        do {
            char c = json.charAt(at);
            if (c == '"') {
                skipString();
            } else if (c == '{' || c == '[') {
                depth++;
                at++;
            } else if (c == '}' || c == ']') {
                depth--;
                at++;
            } else {
                skipPlain();
            }
        } while (depth > 0 && at < json.length());
        return json.substring(start, at);
    }

    private void skipString() {
        at++;
        while (json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    private void skipPlain() {
        at++;
        while (at < json.length() && "{}[]\",: \t\r\n".indexOf(json.charAt(at)) < 0) {
            at++;
        }
    }

    /** The text that a JSON string stands for. */
    static String unquote(String string) {
        StringBuilder text = new StringBuilder(string.length());
        for (int i = 1; i < string.length() - 1; i++) {
            char c = string.charAt(i);
            if (c != '\\') {
                text.append(c);
            } else if (string.charAt(++i) == 'u') {
                text.append((char) Integer.parseInt(string.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                text.append(unescaped(string.charAt(i)));
            }
        }
        return text.toString();
    }

    private static char unescaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> c;
        };
    }

    /** Appends one character of a JSON string, escaped where JSON wants that. */
    static void appendEscaped(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < ' ') {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    static String escape(CharSequence text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            appendEscaped(out, text.charAt(i));
        }
        return out.toString();
    }

    static String quote(CharSequence text) {
        return '"' + escape(text) + '"';
    }
}
