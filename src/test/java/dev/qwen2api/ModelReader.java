package dev.qwen2api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.fakeqwen.FakeQwen;
import dev.qwen2api.fakeqwen.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a chat as a model does that follows the announced boundaries: the messages so far, its own answers as it wrote
 * them, and the attached documents. Safe for use by several threads.
 */
final class ModelReader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final Pattern HEAD = Pattern.compile("\\A(?:This|The)[^\n]*\"=== ([0-9a-f]{12}) role\"");
    private static final Pattern CALL = Pattern.compile("\\[tool_call]\n(.*?)\n\\[/tool_call]", Pattern.DOTALL);
    private static final Pattern RESULT = Pattern.compile(
            "\\A\\[tool_result (call=\\d+ name=\".*?\"|id=\".*?\")]\n(.*)\n\\[/tool_result]\\z", Pattern.DOTALL);
    private static final Pattern IN_FILE = Pattern.compile(
            "\\AThe first (?:\\d+ messages are|message is) in the attached file conversation\\.txt(;.*)?\\.?\\z");
    private static final String REST_IN_FILE = "\n[the rest of this is in the attached file conversation.txt]";

    private final FakeQwen fake;
    private final Map<String, String> histories = new ConcurrentHashMap<>();

    /** One message; a tool's result has the number and name of its call as the first line of its text. */
    record Read(String role, String text, List<String> calls) {}

    /**
     * All that a model knows when it answers.
     *
     * @param tools the rules for calls with the list of tools; empty if there are none
     * @param json whether it is told to answer in JSON
     */
    record Reading(List<Read> messages, String tools, boolean json) {}

    ModelReader(FakeQwen fake) {
        this.fake = fake;
    }

    /** What the model knows by the end of a prompt. */
    Reading read(Prompt prompt) {
        keepHistory(prompt);
        var pieces = new ArrayList<Read>();
        List<String> texts = fake.chats().seen(prompt);
        for (int i = 0; i < texts.size(); i++) {
            if (i % 2 == 1) {
                pieces.add(assistant(texts.get(i)));
            } else {
                pieces.addAll(parts(texts.get(i), histories.getOrDefault(prompt.chatId() + texts.get(i), "")));
            }
        }
        String tools =
                pieces.stream().filter(ModelReader::isRules).map(Read::text).reduce("", String::concat);
        boolean json = pieces.stream().anyMatch(ModelReader::isFormat);
        pieces.removeIf(piece -> isRules(piece) || isFormat(piece));
        return new Reading(pieces, tools, json);
    }

    private void keepHistory(Prompt prompt) {
        for (JsonNode file : prompt.message().path("files")) {
            fake.uploads()
                    .find(file.path("id").asText())
                    .map(stored -> new String(stored.bytes(), StandardCharsets.UTF_8))
                    .filter(text -> text.startsWith("This file holds the beginning of a conversation."))
                    .ifPresent(text -> histories.put(prompt.chatId() + prompt.text(), text));
        }
    }

    private static boolean isRules(Read piece) {
        return piece.role().equals("system") && piece.text().startsWith("# Tools\n");
    }

    private static boolean isFormat(Read piece) {
        return piece.role().equals("system") && piece.text().startsWith("Answer with one JSON ");
    }

    /** The parts of a message; {@code history} is the document with the beginning, empty for what the message has. */
    static List<Read> parts(String text, String history) {
        Matcher head = HEAD.matcher(text);
        if (!head.find()) {
            return List.of(new Read("user", text, List.of()));
        }
        var parts = new ArrayList<Read>();
        boolean repeated = false;
        String[] pieces = text.split("\n=== " + head.group(1) + " ", -1);
        for (int i = 1; i < pieces.length; i++) {
            String[] lines = pieces[i].split("\n", 2);
            String words = lines[1].endsWith("\n") ? lines[1].substring(0, lines[1].length() - 1) : lines[1];
            Matcher inFile = IN_FILE.matcher(words);
            if (lines[0].equals("system") && inFile.matches() && history.isEmpty()) {
                repeated = false;
            } else if (lines[0].equals("system") && inFile.matches()) {
                parts.addAll(parts(history, ""));
                repeated = inFile.group(1) != null;
            } else if (repeated) {
                repeated = false;
            } else if (!lines[0].equals("end") && !words.endsWith(REST_IN_FILE)) {
                parts.add(part(lines[0], words));
            }
        }
        return parts;
    }

    private static Read part(String role, String words) {
        if (role.equals("assistant")) {
            return assistant(words);
        }
        Matcher result = RESULT.matcher(words);
        return role.equals("tool") && result.matches()
                ? new Read(role, result.group(1) + "\n" + result.group(2), List.of())
                : new Read(role, words, List.of());
    }

    /** An answer: its words, and its calls in the form that the model is taught. */
    static Read assistant(String text) {
        var calls = new ArrayList<String>();
        Matcher call = CALL.matcher(text);
        while (call.find()) {
            calls.add(canonical(call.group(1)));
        }
        return new Read("assistant", call.replaceAll("").strip(), calls);
    }

    /** JSON with its keys in order; a text that is no JSON stays as it is. */
    static String canonical(String json) {
        try {
            return JSON.writeValueAsString(JSON.readValue(json, Object.class));
        } catch (JsonProcessingException none) {
            return json;
        }
    }
}
