package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.fakeqwen.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client's conversation, which checks with every answer that the model has read exactly this conversation, whatever
 * chats it went through.
 */
final class Talk {

    /** One message. */
    record Said(String role, String text) {}

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern BOUNDARY =
            Pattern.compile("^(?:This|The).*\"=== ([0-9a-f]{12}) role\"", Pattern.DOTALL);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Map<World, Map<String, List<Said>>> SEEN = new ConcurrentHashMap<>();

    private final World world;
    private final String key;
    private final Map<String, List<Said>> seen;
    private final List<Said> messages = new ArrayList<>();
    private String stop = "";

    private Talk(World world, String key, Map<String, List<Said>> seen) {
        this.world = world;
        this.key = key;
        this.seen = seen;
    }

    Talk(World world, String key) {
        this(world, key, SEEN.computeIfAbsent(world, Talk::listen));
    }

    /** Lets the model answer, and returns what it has read by the last message of it. */
    private static Map<String, List<Said>> listen(World world) {
        var seen = new ConcurrentHashMap<String, List<Said>>();
        world.fake.script().when(prompt -> true, prompt -> {
            List<Said> read = read(world.fake.chats().seen(prompt));
            String last = read.get(read.size() - 1).text();
            seen.put(last, read);
            return Answer.text(" Well: " + NUMBERS.incrementAndGet() + " STOP, and so on.");
        });
        return seen;
    }

    /**
     * What the texts of a chat, questions and answers in turn, say to a model that follows the announced boundaries.
     */
    private static List<Said> read(List<String> texts) {
        var all = new ArrayList<Said>();
        for (int i = 0; i < texts.size(); i++) {
            if (i % 2 == 1) {
                all.add(new Said("assistant", texts.get(i).strip()));
                continue;
            }
            Matcher head = BOUNDARY.matcher(texts.get(i));
            if (!head.find()) {
                all.add(new Said("user", texts.get(i)));
                continue;
            }
            String[] pieces = texts.get(i).split("\n=== " + head.group(1) + " ", -1);
            for (int piece = 1; piece < pieces.length - 1; piece++) {
                String[] lines = pieces[piece].split("\n", 2);
                all.add(new Said(
                        lines[0],
                        lines[0].equals("assistant")
                                ? lines[1].strip()
                                : lines[1].substring(0, lines[1].length() - 1)));
            }
        }
        return all;
    }

    List<Said> messages() {
        return messages;
    }

    void stop(String text) {
        stop = text;
    }

    /** The same conversation so far, from a client with that key, on its own from here. */
    Talk as(String otherKey) {
        var copy = new Talk(world, otherKey, seen);
        copy.messages.addAll(messages);
        return copy;
    }

    Talk copy() {
        return as(key);
    }

    /** Sends the conversation with one more message, which nobody sent before, and takes in the answer. */
    void say(String text) throws Exception {
        String unique = text;
        while (seen.containsKey(unique)) {
            unique = text + " " + NUMBERS.incrementAndGet();
        }
        messages.add(new Said("user", unique));
        World.Reply reply = world.post("/v1/chat/completions", body(), key);
        assertEquals(200, reply.status, reply.toString());
        assertEquals(
                messages.stream()
                        .map(said -> said.role().equals("assistant")
                                ? new Said("assistant", said.text().strip())
                                : said)
                        .toList(),
                seen.get(unique),
                "what the model has read");
        messages.add(new Said("assistant", reply.text()));
    }

    private String body() {
        ObjectNode body = JSON.createObjectNode().put("model", "qwen-max");
        ArrayNode list = body.putArray("messages");
        messages.forEach(said -> list.addObject().put("role", said.role()).put("content", said.text()));
        if (!stop.isEmpty()) {
            body.put("stop", stop);
        }
        return body.toString();
    }
}
