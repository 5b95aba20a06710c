package dev.qwen2api.upstream.qwen.capture;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * Masks a JSON text in place: spacing, structure, known member names, words of the protocol, counts and literals stay.
 *
 * <p>It is a scanner and no parser, so that a text that breaks off or is malformed is masked as well: what it does
 * not recognise is replaced. One text, one thread.
 */
final class JsonScrubber {

    private static final String STRUCTURE = "{}[]:, \t\r\n";
    private static final int MOST_DIGITS = 7;
    private static final Pattern NAME = Pattern.compile("[A-Za-z]+(?:_[A-Za-z]+)*");
    private static final int LONGEST_NAME = 40;
    private static final Pattern ID_KEY = Pattern.compile(".*(?:[iI]d|[iI]ds|ID)");
    private static final Pattern SCHEME = Pattern.compile("https?://");

    private final String text;
    private final Mask mask;
    private final String model;
    private final Deque<String> outer = new ArrayDeque<>();
    private final StringBuilder out = new StringBuilder();
    private String key = "";
    private int at;

    /**
     * @param model the model that was requested, whose name stays
     */
    JsonScrubber(String text, Mask mask, String model) {
        this.text = text;
        this.mask = mask;
        this.model = model;
    }

    String scrub() {
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next == '"') {
                string();
            } else if (STRUCTURE.indexOf(next) >= 0) {
                structure(next);
            } else {
                bare();
            }
        }
        return out.toString();
    }

    private void structure(char next) {
        if (next == '{' || next == '[') {
            outer.push(key);
        } else if ((next == '}' || next == ']') && !outer.isEmpty()) {
            key = outer.pop();
        }
        out.append(next);
        at++;
    }

    private void string() {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '"') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        boolean closed = end < text.length();
        String inner = text.substring(at + 1, Math.min(end, text.length()));
        at = Math.min(end + 1, text.length());
        out.append('"');
        if (closed && isKey()) {
            key = inner;
            out.append(mask.shown("keys", inner));
        } else {
            out.append(closed ? value(inner) : mask.placeholder(inner));
        }
        out.append(closed ? "\"" : "");
    }

    private boolean isKey() {
        int next = at;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        return next < text.length() && text.charAt(next) == ':';
    }

    private String value(String inner) {
        if (inner.isEmpty() || stays(inner)) {
            return inner;
        }
        if (ID_KEY.matcher(key).matches()) {
            return mask.idPlaceholder(inner);
        }
        var scheme = SCHEME.matcher(inner);
        int shown = scheme.lookingAt() ? scheme.end() : 0;
        return inner.substring(0, shown) + mask.placeholder(inner.substring(shown));
    }

    private boolean stays(String inner) {
        boolean word = mask.allows("enumerated", key)
                && (mask.allows("values", inner) || inner.equals(model) && key.startsWith("model"));
        boolean named = mask.allows("named", key)
                && inner.length() <= LONGEST_NAME
                && NAME.matcher(inner).matches();
        return word || named;
    }

    /** A number or a literal; anything else is masked. */
    private void bare() {
        int end = at;
        while (end < text.length() && text.charAt(end) != '"' && STRUCTURE.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String word = text.substring(at, end);
        at = end;
        if (word.matches("true|false|null|\\[DONE]")) {
            out.append(word);
        } else if (word.matches("-?[0-9][0-9.eE+-]*")) {
            boolean counted = mask.allows("numbers", key) && word.length() <= MOST_DIGITS;
            out.append(counted ? word : word.replaceAll("[0-9]", "1"));
        } else {
            out.append(mask.placeholder(word));
        }
    }
}
