package dev.qwen2api.upstream.qwen.capture;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Prints a recording without tokens, cookies, addresses, ids, names and words: an allow-list says what stays,
 * placeholders of the same length stand for the rest. Known secrets are searched for once more in the result. One
 * recording, one thread.
 */
public final class Scrubber {

    private static final Pattern PATH_PART = Pattern.compile("[^/?&=]+");
    private static final Pattern LINE = Pattern.compile("[^\r\n]+");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_]+|[^\\x00-\\x7F]+");
    private static final Pattern FIELD = Pattern.compile("(data|event|id|retry)(: ?)(.*)");
    private static final int SHORTEST_SECRET = 6;

    private final Mask mask = new Mask();
    private final Collection<String> secrets;

    /**
     * @param secrets texts that are known to be secret, cookies and ids among them
     */
    public Scrubber(Collection<String> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /** The recording as text. */
    public String print(Recording recording) {
        var out = new StringBuilder();
        for (Recording.Exchange exchange : recording.exchanges()) {
            out.append(part("> ", path(exchange.request().head()), exchange.request(), recording.model()));
            out.append(part("< ", exchange.reply().head(), exchange.reply(), recording.model()));
            out.append("# ").append(exchange.end()).append("\n\n");
        }
        return withoutSecrets(out.toString());
    }

    private String part(String mark, String head, Recording.Part part, String model) {
        String headers = new TreeMap<>(part.headers())
                .entrySet().stream().map(header -> mark + header(header) + "\n").collect(Collectors.joining());
        String body = part.body().isEmpty() ? "" : body(part.body(), model);
        return mark + head + "\n" + headers + "\n" + body + (body.isEmpty() || body.endsWith("\n") ? "" : "\n");
    }

    private String path(String head) {
        String[] words = head.split(" ", 2);
        return words[0] + " "
                + replaced(PATH_PART, words[1], part -> mask.allows("path", part) ? part : mask.idPlaceholder(part));
    }

    private String header(Map.Entry<String, List<String>> header) {
        String name = header.getKey().toLowerCase(Locale.ROOT);
        return header.getValue().stream()
                .map(value -> mask.shown("headers", name) + ": " + value(name, value))
                .collect(Collectors.joining("\n"));
    }

    private String value(String name, String value) {
        if (name.matches("x-actual-status-code|retry-after") && value.matches("[0-9]{1,6}")) {
            return value;
        }
        boolean open = mask.allows("headers", name) && !name.matches(".*cookie|authorization|x-request-id|date");
        return open ? replaced(WORD, value, word -> mask.shown("header-values", word)) : mask.placeholder(value);
    }

    private String body(String body, String model) {
        String start = body.stripLeading();
        if (start.startsWith("{") || start.startsWith("[")) {
            return json(body, model);
        }
        return replaced(LINE, body, line -> line(line, model));
    }

    private String line(String line, String model) {
        Matcher field = FIELD.matcher(line);
        if (!field.matches()) {
            return text(line);
        }
        String value = field.group(3);
        String shown = value.startsWith("{") ? json(value, model) : text(value);
        return field.group(1) + field.group(2) + shown;
    }

    private String json(String text, String model) {
        return new JsonScrubber(text, mask, model).scrub();
    }

    private String text(String text) {
        return replaced(WORD, text, word -> mask.shown("words", word));
    }

    private static String replaced(Pattern pattern, String text, UnaryOperator<String> by) {
        return pattern.matcher(text).replaceAll(found -> Matcher.quoteReplacement(by.apply(found.group())));
    }

    private String withoutSecrets(String text) {
        String clean = text;
        for (String secret : secrets) {
            if (secret.length() >= SHORTEST_SECRET) {
                clean = clean.replace(secret, mask.placeholder(secret));
            }
        }
        return clean;
    }
}
