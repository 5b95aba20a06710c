package dev.qwen2api.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Parses {@code QWEN_EXTRA_HEADERS}: a JSON object of texts, or {@code Name: value} pairs separated by {@code |} or
 * line breaks. Rejects headers that the gateway or the HTTP client sets itself, and syntactically invalid ones.
 */
final class ExtraHeaders {

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");

    /** Set per account, per connection, or by what the HTTP client can decode. */
    private static final Set<String> OWN = Set.of(
            "authorization",
            "cookie",
            "host",
            "content-length",
            "content-type",
            "connection",
            "expect",
            "upgrade",
            "transfer-encoding",
            "accept-encoding");

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Map<String, Secret> headers = new LinkedHashMap<>();
    private final Set<String> names = new TreeSet<>();
    private Optional<String> problem = Optional.empty();

    private ExtraHeaders() {}

    /**
     * @param headers name to value, in order
     * @param problem the first fault, by the header's name or position; the headers are then incomplete
     */
    record Result(Map<String, Secret> headers, Optional<String> problem) {}

    static Result parse(String text) {
        var reader = new ExtraHeaders();
        if (text.startsWith("{")) {
            reader.json(text);
        } else {
            reader.pairs(text);
        }
        return new Result(reader.headers, reader.problem);
    }

    private void json(String text) {
        JsonNode object;
        try {
            object = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            // The message of the exception quotes the text.
            fail("the JSON object cannot be read, near column "
                    + e.getLocation().getColumnNr());
            return;
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (field.getValue().isContainerNode() || field.getValue().isNull()) {
                fail("the value of '" + shown(field.getKey()) + "' is not a text");
            }
            add(field.getKey(), field.getValue().asText());
        }
    }

    private void pairs(String text) {
        int position = 0;
        for (String pair : text.split("[|\\r\\n]+")) {
            position++;
            int colon = pair.indexOf(':', pair.startsWith(":") ? 1 : 0);
            if (pair.isBlank()) {
                continue;
            }
            if (colon < 0) {
                fail("piece " + position + " is not Name: value");
                return;
            }
            add(pair.substring(0, colon).strip(), pair.substring(colon + 1).strip());
        }
    }

    private void add(String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            fail("'" + shown(name) + "' cannot be the name of a header");
        } else if (OWN.contains(lower)) {
            fail("'" + name + "' is set by the gateway itself");
        } else if (!VALUE.matcher(value).matches()) {
            fail("the value of '" + name + "' is not printable ASCII on one line");
        } else if (!names.add(lower)) {
            fail("'" + name + "' is there twice");
        } else {
            headers.put(name, new Secret(value));
        }
    }

    private void fail(String what) {
        problem = problem.or(() -> Optional.of(what));
    }

    /** An invalid name may be a fragment of a value. */
    private static String shown(String name) {
        return NAME.matcher(name).matches() && name.length() <= 40 ? name : "***";
    }
}
