package dev.qwen2api.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Parses the entries of a {@code .env} text by the rules of a shell: {@code '…'} and {@code "…"} may span lines, {@code
 * \"} inside double quotes is a quote, {@code #} starts a comment only at the start of a line or after white space,
 * {@code export} is allowed, nothing is interpolated.
 *
 * <p>Cookies contain {@code #}, {@code "} and commas, so a quote closes a value only where white space or a comment
 * follows up to the end of its line.
 */
final class EnvScanner {

    private static final Pattern ENTRY = Pattern.compile("\\s*(?:export\\s+)?([\\w.-]+)[ \\t]*=(.*)");
    private static final Pattern COMMENT = Pattern.compile("[ \\t]#");
    private static final Pattern AFTER_CLOSING_QUOTE = Pattern.compile("[ \\t]*|[ \\t]+(#.*)");

    /** The start of another entry, commented out or not, found inside an open quoted value. */
    private static final Pattern NEXT_ENTRY =
            Pattern.compile("\\s*(?:#\\s*)?(?:export\\s+)?([A-Z][A-Z0-9_]*)[ \\t]*=[ \\t]*([\"']?).*");

    /** The form of a setting's name. Anything else may be a fragment of a secret and is never logged. */
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,39}|[a-z][a-z_]{0,39}");

    private static final Set<String> COOKIE_NAMES = Set.of("token", "cookie", "ssxmod_itna", "refresh_token");

    private final List<String> lines;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, Integer> lineOf = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private int index;

    private EnvScanner(String text) {
        this.lines = List.of(text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1));
    }

    /** The file ends inside an entry; the message names line and key, never a value. */
    static final class EnvSyntaxException extends Exception {

        private static final long serialVersionUID = 1L;

        EnvSyntaxException(String problem) {
            super(problem);
        }
    }

    /**
     * The parsed text.
     *
     * @param values name to value in the order of the file; of a repeated name, the last value
     * @param warnings one line each, with line number and name, never a value
     */
    record Scan(Map<String, String> values, List<String> warnings) {}

    /** Parses a text without byte-order mark. */
    static Scan scan(String text) throws EnvSyntaxException {
        var scanner = new EnvScanner(text);
        for (; scanner.index < scanner.lines.size(); scanner.index++) {
            scanner.line(scanner.lines.get(scanner.index));
        }
        return new Scan(scanner.values, scanner.warnings);
    }

    private void line(String line) throws EnvSyntaxException {
        String bare = line.strip();
        if (bare.isEmpty() || bare.startsWith("#")) {
            return;
        }
        var entry = ENTRY.matcher(line);
        int number = index + 1;
        if (!entry.matches() || !NAME.matcher(entry.group(1)).matches()) {
            warn(
                    number,
                    "is not NAME=value and is ignored; if it continues the value above, quote that value as a whole");
        } else if (COOKIE_NAMES.contains(entry.group(1))) {
            warn(
                    number,
                    "'" + entry.group(1)
                            + "' is a piece of a cookie, not a setting, and is ignored; a quote is missing: "
                            + "put the whole of QWEN_COOKIES in double quotes");
        } else {
            put(entry.group(1), number, value(entry.group(1), entry.group(2)));
        }
    }

    private void put(String name, int number, String value) {
        Integer before = lineOf.put(name, number);
        if (before != null) {
            warn(number, name + " is set again (before in line " + before + "); the last one counts");
        }
        values.put(name, value);
    }

    private String value(String name, String raw) throws EnvSyntaxException {
        String text = raw.strip();
        if (text.startsWith("\"")) {
            return quoted(name, '"', text.substring(1)).replace("\\\"", "\"");
        }
        if (text.startsWith("'")) {
            int number = index + 1;
            String value = quoted(name, '\'', text.substring(1));
            warn(number, name + " is in single quotes, which were taken off; double quotes are read alike everywhere");
            return value;
        }
        return unquoted(name, raw);
    }

    private String unquoted(String name, String raw) throws EnvSyntaxException {
        var comment = COMMENT.matcher(raw);
        String value = (comment.find() ? raw.substring(0, comment.start()) : raw).strip();
        if (value.endsWith("\"") && value.chars().filter(c -> c == '"').count() % 2 == 1) {
            throw new EnvSyntaxException(
                    "line " + (index + 1) + ": " + name + " ends with a double quote that was never opened");
        }
        if (value.contains("#")) {
            warn(index + 1, name + " holds a '#' and is not quoted; it was read whole, but put it in double quotes");
        }
        return value;
    }

    /** Reads to the closing quote, across lines, and leaves {@link #index} at the line that closes. */
    private String quoted(String name, char quote, String opened) throws EnvSyntaxException {
        int first = index;
        var value = new StringBuilder();
        String line = opened;
        int end = closing(line, quote);
        while (end < 0) {
            value.append(line).append('\n');
            index++;
            if (index == lines.size() || beginsAnother(lines.get(index))) {
                throw new EnvSyntaxException("line " + (first + 1) + ": " + name + " opens a "
                        + (quote == '"' ? "double" : "single") + " quote that is never closed");
            }
            line = lines.get(index);
            end = closing(line, quote);
        }
        return value.append(line, 0, end).toString();
    }

    private static int closing(String line, char quote) {
        var after = AFTER_CLOSING_QUOTE.matcher(line);
        for (int at = line.indexOf(quote); at >= 0; at = line.indexOf(quote, at + 1)) {
            if (after.region(at + 1, line.length()).matches() && !(escaped(line, at) && after.group(1) != null)) {
                return at;
            }
        }
        return -1;
    }

    /** {@code \"} is a quote inside the value, but closes it at the end of a line, as in {@code "C:\logs\"}. */
    private static boolean escaped(String line, int at) {
        return line.charAt(at) == '"' && at > 0 && line.charAt(at - 1) == '\\';
    }

    private static boolean beginsAnother(String line) {
        var entry = NEXT_ENTRY.matcher(line);
        return entry.matches()
                && (SettingKey.isKnown(entry.group(1)) || !entry.group(2).isEmpty());
    }

    private void warn(int number, String text) {
        warnings.add("line " + number + ": " + text);
    }
}
