package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.ModelReader.Read;
import dev.qwen2api.ModelReader.Reading;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client's conversation, with tools or without, which checks with every answer that the model has read exactly this
 * conversation, whatever chats it went through.
 */
final class Talk {

    static final List<String> TOOLS = List.of("Bash", "Read");

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern MARK = Pattern.compile("#(\\d+) ([A-Z_]+)$");
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Map<World, Map<String, Reading>> SEEN = Collections.synchronizedMap(new WeakHashMap<>());

    private final World world;
    private final String key;
    private final boolean tools;
    private final Map<String, Reading> seen;
    private final List<ObjectNode> messages = new ArrayList<>();
    private boolean streamed;

    private Talk(World world, String key, boolean tools, Map<String, Reading> seen) {
        this.world = world;
        this.key = key;
        this.tools = tools;
        this.seen = seen;
    }

    Talk(World world, String key) {
        this(world, key, false);
    }

    Talk(World world, String key, boolean tools) {
        this(world, key, tools, SEEN.computeIfAbsent(world, Talk::listen));
    }

    /** Lets the model answer in the form that the last message names, and returns what it has read by its number. */
    private static Map<String, Reading> listen(World world) {
        var seen = new ConcurrentHashMap<String, Reading>();
        var reader = new ModelReader(world.fake);
        world.fake
                .script()
                .when(prompt -> MARK.matcher(last(reader.read(prompt))).find(), prompt -> {
                    Reading reading = reader.read(prompt);
                    Matcher mark = MARK.matcher(last(reading));
                    assertTrue(mark.find());
                    seen.put(mark.group(1), reading);
                    return AnswerForm.valueOf(mark.group(2)).answer(NUMBERS.incrementAndGet());
                });
        return seen;
    }

    private static String last(Reading reading) {
        List<Read> messages = reading.messages();
        return messages.isEmpty() ? "" : messages.get(messages.size() - 1).text();
    }

    /** The conversation as the client keeps it, in OpenAI's form. */
    List<ObjectNode> messages() {
        return messages;
    }

    boolean hasTools() {
        return tools;
    }

    Talk streamed(boolean asAStream) {
        streamed = asAStream;
        return this;
    }

    Talk system(String text) {
        messages.add(message("system", text));
        return this;
    }

    /** The same conversation so far, from a client with that key, on its own from here. */
    Talk as(String otherKey) {
        var copy = new Talk(world, otherKey, tools, seen);
        messages.forEach(message -> copy.messages.add(message.deepCopy()));
        return copy;
    }

    Talk copy() {
        return as(key);
    }

    void say(String text) throws Exception {
        say(text, AnswerForm.WORDS);
    }

    /**
     * Sends the conversation with one more message, which nobody sent before, and takes in the answer. Calls that wait
     * for it get their results.
     */
    void say(String text, AnswerForm form) throws Exception {
        List<JsonNode> calls = messages.isEmpty() ? List.of() : calls(messages.get(messages.size() - 1));
        String number = "";
        if (calls.isEmpty()) {
            number = "" + NUMBERS.incrementAndGet();
            messages.add(message("user", text + " #" + number + " " + form));
        }
        for (JsonNode call : calls) {
            number = "" + NUMBERS.incrementAndGet();
            messages.add(message("tool", text + " #" + number + " " + form)
                    .put("tool_call_id", call.path("id").asText()));
        }
        send(number, form);
    }

    /** Drops the last answer and asks for another one. */
    void again() throws Exception {
        while (!messages.isEmpty() && role(messages.get(messages.size() - 1)).equals("assistant")) {
            messages.remove(messages.size() - 1);
        }
        Matcher mark = MARK.matcher(
                messages.isEmpty()
                        ? ""
                        : messages.get(messages.size() - 1).path("content").asText());
        if (mark.find()) {
            send(mark.group(1), AnswerForm.valueOf(mark.group(2)));
        } else {
            say("again");
        }
    }

    private void send(String number, AnswerForm form) throws Exception {
        seen.remove(number);
        World.Reply reply = world.post("/v1/chat/completions", body(form), key);
        assertEquals(200, reply.status, reply.toString());
        assertEquals("", reply.errorCode(), reply.toString());
        Reading reading = seen.get(number);
        assertTrue(reading != null, () -> "the model has not read #" + number);
        assertEquals(
                expected().stream().map(Read::toString).toList(),
                reading.messages().stream().map(Read::toString).toList(),
                "what the model has read");
        assertEquals(body(form).contains("json_object"), reading.json(), "whether the model is told to answer in JSON");
        assertEquals(tools, !reading.tools().isEmpty(), "whether the model has rules for calls");
        TOOLS.forEach(
                tool -> assertTrue(!tools || reading.tools().contains(tool), () -> tool + " in " + reading.tools()));
        take(reply);
    }

    /** Keeps the answer as clients do: its words, and its calls where they are whole. */
    private void take(World.Reply reply) {
        ObjectNode message = message("assistant", reply.text());
        ArrayNode calls = streamed
                ? assembled(reply)
                : (ArrayNode) reply.json().at("/choices/0/message").withArray("tool_calls");
        boolean whole = reply.body.contains("\"finish_reason\":\"tool_calls\"");
        if (whole && !calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        if (whole || !reply.text().isBlank()) {
            messages.add(message);
        }
    }

    private static ArrayNode assembled(World.Reply reply) {
        ArrayNode calls = JSON.createArrayNode();
        for (JsonNode event : reply.events()) {
            for (JsonNode delta : event.at("/choices/0/delta/tool_calls")) {
                if (delta.path("index").asInt() == calls.size()) {
                    ObjectNode call =
                            calls.addObject().put("id", delta.path("id").asText());
                    call.put("type", "function").putObject("function").put("arguments", "");
                }
                ObjectNode function =
                        (ObjectNode) calls.get(delta.path("index").asInt()).path("function");
                JsonNode more = delta.path("function");
                if (more.has("name")) {
                    function.put("name", more.path("name").asText());
                }
                function.put(
                        "arguments",
                        function.path("arguments").asText()
                                + more.path("arguments").asText(""));
            }
        }
        return calls;
    }

    /** What a model has to have read: the same with calls and results counted. */
    private List<Read> expected() {
        var numbers = new HashMap<String, String>();
        var all = new ArrayList<Read>();
        int count = 0;
        for (ObjectNode message : messages) {
            String text = message.path("content").asText("");
            if (role(message).equals("assistant")) {
                Read words = ModelReader.assistant(text);
                var calls = new ArrayList<>(words.calls());
                for (JsonNode call : calls(message)) {
                    String name = call.at("/function/name").asText();
                    count++;
                    numbers.put(call.path("id").asText(), "call=" + count + " name=\"" + name + "\"");
                    calls.add(ModelReader.canonical("{\"name\": \"" + name + "\", \"arguments\": "
                            + call.at("/function/arguments").asText() + "}"));
                }
                all.add(new Read("assistant", words.text(), calls));
            } else if (role(message).equals("tool")) {
                String id = message.path("tool_call_id").asText();
                all.add(new Read("tool", numbers.getOrDefault(id, "id=\"" + id + "\"") + "\n" + text, List.of()));
            } else {
                all.add(new Read(role(message), text, List.of()));
            }
        }
        return all;
    }

    static String role(JsonNode message) {
        return message.path("role").asText();
    }

    static List<JsonNode> calls(JsonNode message) {
        return message.path("tool_calls").valueStream().toList();
    }

    private static ObjectNode message(String role, String text) {
        return JSON.createObjectNode().put("role", role).put("content", text);
    }

    private String body(AnswerForm form) {
        ObjectNode body = JSON.createObjectNode().put("model", "qwen-max").put("stream", streamed);
        body.putArray("messages").addAll(messages);
        if (tools) {
            ArrayNode list = body.putArray("tools");
            for (String tool : TOOLS) {
                ObjectNode function = list.addObject()
                        .put("type", "function")
                        .putObject("function")
                        .put("name", tool);
                function.putObject("parameters")
                        .put("type", "object")
                        .putObject("properties")
                        .putObject("command")
                        .put("type", "string");
            }
        }
        form.ask(body);
        return body.toString();
    }
}
