package dev.qwen2api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.ModelReader.Read;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What holds for every request of a coding agent, checked in a log of what the service was sent ({@code WireLog}): the
 * rules for calls, each tool with its parameters and the user's last words are in the message itself, or in an earlier
 * message of the same chat, never in a document alone; no message is longer than the service takes; no document is
 * uploaded twice within its life.
 */
final class WireCheck {

    private static final JsonMapper JSON = new JsonMapper();

    private static final List<String> RULES =
            List.of("[tool_call]", "[/tool_call]", "Rules:", "\"arguments\" is one valid JSON object");
    private static final Set<String> OF_NO_ANSWER =
            Set.of("MODELS", "MODELS_V2", "AUTHS", "REFRESH", "SETTINGS", "PORTAL_MODELS");
    private static final Duration DOCUMENTS_LAST = Duration.ofSeconds(1_500);
    private static final int LONGEST = 92_160;
    private static final String TOOLS_FILE = "The full definitions of the tools, one a line:\n";

    private final List<String> faults = new ArrayList<>();
    private final Map<String, String> documents = new HashMap<>();
    private final Map<String, Told> chats = new HashMap<>();
    private final Map<String, Integer> calls = new TreeMap<>();
    private int requests;
    private int longest;

    /** What a chat's model was told so far, in messages and in documents. */
    private record Told(String inline, List<Read> inMessages, List<Read> inAll, List<JsonNode> tools) {}

    private WireCheck(List<JsonNode> lines) {
        var uploads = new LinkedHashMap<String, Instant>();
        for (JsonNode line : lines) {
            String route = line.path("route").asText();
            if (!OF_NO_ANSWER.contains(route)) {
                calls.merge(route, 1, Integer::sum);
            }
            if (route.equals("OSS_PUT")) {
                String text = line.path("text").asText();
                documents.put(line.path("path").asText(), text);
                Instant at = Instant.parse(line.path("at").asText());
                // the storage host is not told the account, but the path begins with its user
                String owner = line.path("path").asText().replaceFirst("^/?([^/]*)/.*", "$1");
                Instant before = uploads.put(owner + " " + text, at);
                if (before != null && at.isBefore(before.plus(DOCUMENTS_LAST))) {
                    faults.add("a document was uploaded twice: "
                            + text.lines().findFirst().orElse(""));
                }
            } else if (route.equals("COMPLETIONS")) {
                completion(line);
            }
        }
    }

    static WireCheck of(List<JsonNode> lines) {
        return new WireCheck(lines);
    }

    static WireCheck read(Path log) throws IOException {
        var lines = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(log)) {
            lines.add(JSON.readTree(line));
        }
        return of(lines);
    }

    private void completion(JsonNode line) {
        JsonNode json = line.path("json");
        JsonNode message = json.path("messages").path(0);
        String text = message.path("content").asText();
        int bytes = json.toString().getBytes(StandardCharsets.UTF_8).length;
        longest = Math.max(longest, bytes);
        if (bytes > LONGEST) {
            faults.add("a request of " + bytes + " bytes");
        }
        String history = "";
        List<JsonNode> tools = new ArrayList<>();
        for (JsonNode file : message.path("files")) {
            String document = document(file.path("id").asText());
            history = document.startsWith("This file holds the beginning of a conversation.") ? document : history;
            if (document.startsWith(TOOLS_FILE)) {
                tools.addAll(definitions(document));
            }
        }
        String chat = line.path("account").asText() + " " + line.path("chat").asText();
        Told before = chats.get(chat);
        boolean goesOn = !json.path("parent_id").isNull()
                && !json.path("parent_id").asText("").isEmpty();
        if (goesOn && before == null) {
            faults.add("a message goes on in a chat that was not opened");
        }
        Told told = told(goesOn ? before : null, text, history, tools);
        chats.put(chat, told);
        if (told.inAll().stream().anyMatch(WireCheck::isAboutTools)
                || !told.tools().isEmpty()) {
            requests++;
            check(told);
        }
    }

    private static Told told(Told before, String text, String history, List<JsonNode> tools) {
        List<Read> inline = ModelReader.parts(text, "");
        List<Read> all = ModelReader.parts(text, history);
        inline.stream().filter(WireCheck::isAboutTools).forEach(part -> tools.addAll(definitions(part.text())));
        return before == null
                ? new Told(text, inline, all, tools)
                : new Told(
                        before.inline() + "\n" + text,
                        both(before.inMessages(), inline),
                        both(before.inAll(), all),
                        both(before.tools(), tools));
    }

    private static <T> List<T> both(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static boolean isAboutTools(Read part) {
        return part.role().equals("system") && part.text().startsWith("# Tools\n");
    }

    private String document(String id) {
        return documents.entrySet().stream()
                .filter(entry -> entry.getKey().contains(id))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    private static List<JsonNode> definitions(String text) {
        return text.lines()
                .filter(line -> line.startsWith("{\"name\":") && line.contains("\"parameters\":"))
                .map(WireCheck::parse)
                .toList();
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException none) {
            throw new AssertionError("no definition of a tool: " + json, none);
        }
    }

    private void check(Told told) {
        RULES.stream()
                .filter(rule -> !told.inline().contains(rule))
                .forEach(rule -> faults.add("message " + requests + " lacks the rule " + rule));
        for (JsonNode tool : told.tools()) {
            if (!isThere(told.inline(), tool)) {
                faults.add("message " + requests + " lacks the tool "
                        + tool.path("name").asText());
            }
        }
        last(told.inAll()).ifPresent(words -> {
            if (!last(told.inMessages()).orElse("").equals(words)) {
                faults.add("message " + requests + " lacks the user's last words: " + words);
            }
        });
    }

    private static Optional<String> last(List<Read> messages) {
        return messages.stream()
                .filter(message -> message.role().equals("user"))
                .reduce((earlier, later) -> later)
                .map(Read::text);
    }

    /** Whether a message has the full definition of a tool, or a line with its name and all its parameters. */
    private static boolean isThere(String inline, JsonNode tool) {
        String name = tool.path("name").asText();
        if (inline.contains("\n{\"name\":\"" + name + "\",")) {
            return true;
        }
        return inline.lines()
                .filter(line -> line.startsWith(name + "("))
                .anyMatch(line -> tool.at("/parameters/properties")
                        .propertyStream()
                        .allMatch(property -> Pattern.compile(Pattern.quote(property.getKey()) + "\\??: ")
                                .matcher(line)
                                .find()));
    }

    /** What does not hold, in words; the same for each message. */
    List<String> faults() {
        return faults;
    }

    /** Faults of tools that have to be in every message. */
    List<String> lacking(List<String> tools) {
        return tools.stream()
                .filter(tool -> chats.values().stream()
                        .anyMatch(told -> !told.inline().contains("\n" + tool + "(")
                                && !told.inline().contains("\n{\"name\":\"" + tool + "\",")))
                .toList();
    }

    /** Requests for answers with tools. */
    int requests() {
        return requests;
    }

    /** Requests to the service by route, without those that no answer needs. */
    Map<String, Integer> calls() {
        return calls;
    }

    int allCalls() {
        return calls.values().stream().mapToInt(Integer::intValue).sum();
    }

    int uploads() {
        return calls.getOrDefault("OSS_PUT", 0);
    }

    /** Bytes of the longest request for an answer. */
    int longest() {
        return longest;
    }
}
