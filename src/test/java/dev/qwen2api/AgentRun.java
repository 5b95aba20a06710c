package dev.qwen2api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.fakeqwen.Answer;
import dev.qwen2api.fakeqwen.Endpoint;
import java.util.List;

/** A coding agent's conversation as Claude Code has it: 24 tools of 63 KB, and a result of some KB in every turn. */
final class AgentRun {

    static final JsonMapper JSON = new JsonMapper();
    static final List<String> TOOLS = List.of(
            "Agent",
            "AskUserQuestion",
            "Bash",
            "CronCreate",
            "CronDelete",
            "CronList",
            "Edit",
            "EnterPlanMode",
            "EnterWorktree",
            "ExitPlanMode",
            "ExitWorktree",
            "Glob",
            "Grep",
            "LSP",
            "NotebookEdit",
            "Read",
            "ScheduleWakeup",
            "Skill",
            "TaskOutput",
            "TaskStop",
            "TodoWrite",
            "WebFetch",
            "WebSearch",
            "Write");
    static final String TASK = "Rename the class in src/Main.java and run the tests. LAST-WORDS-OF-THE-USER";
    private static final String SYSTEM = "You are an agent. " + "Rule of conduct. ".repeat(900);

    private final World world;
    private final Dialect dialect;
    private final ArrayNode messages = JSON.createArrayNode();
    private final ArrayNode tools = JSON.createArrayNode();
    private int turns;

    /** How a client of each API writes and reads the conversation; it sends answers back as it got them. */
    enum Dialect {
        CHAT("/v1/chat/completions", "messages"),
        RESPONSES("/v1/responses", "input"),
        MESSAGES("/v1/messages", "messages"),
        GEMINI("/v1beta/models/qwen-max:generateContent", "contents");

        private final String path;
        private final String history;

        Dialect(String path, String history) {
            this.path = path;
            this.history = history;
        }

        private ObjectNode body(ArrayNode messages, ArrayNode tools) {
            ObjectNode body = JSON.createObjectNode().put("model", "qwen-max");
            body.set(history, messages);
            switch (this) {
                case CHAT -> body.set("tools", tools);
                case RESPONSES -> {
                    body.put("instructions", SYSTEM);
                    ArrayNode list = body.putArray("tools");
                    functions(tools).forEach(function -> list.add(function.put("type", "function")));
                }
                case MESSAGES -> {
                    body.put("system", SYSTEM).put("max_tokens", 32_000);
                    ArrayNode list = body.putArray("tools");
                    for (ObjectNode function : functions(tools)) {
                        function.set("input_schema", function.remove("parameters"));
                        list.add(function);
                    }
                }
                case GEMINI -> {
                    body.putObject("systemInstruction")
                            .putArray("parts")
                            .addObject()
                            .put("text", SYSTEM);
                    ArrayNode list = body.putArray("tools").addObject().putArray("functionDeclarations");
                    for (ObjectNode function : functions(tools)) {
                        function.set("parametersJsonSchema", function.remove("parameters"));
                        list.add(function);
                    }
                }
            }
            return body;
        }

        private static List<ObjectNode> functions(ArrayNode tools) {
            return tools.valueStream()
                    .map(tool -> (ObjectNode) tool.path("function").deepCopy())
                    .toList();
        }

        private void user(ArrayNode messages, String text) {
            switch (this) {
                case CHAT -> {
                    messages.addObject().put("role", "system").put("content", SYSTEM);
                    messages.addObject().put("role", "user").put("content", text);
                }
                case RESPONSES, MESSAGES ->
                    messages.addObject().put("role", "user").put("content", text);
                case GEMINI ->
                    messages.addObject()
                            .put("role", "user")
                            .putArray("parts")
                            .addObject()
                            .put("text", text);
            }
        }

        /** Takes the answer in, and the result of each call of it. */
        private void answer(ArrayNode messages, JsonNode reply, String result) {
            switch (this) {
                case CHAT -> {
                    JsonNode message = reply.at("/choices/0/message");
                    messages.add(message.deepCopy());
                    for (JsonNode call : message.path("tool_calls")) {
                        messages.addObject()
                                .put("role", "tool")
                                .put("tool_call_id", call.path("id").asText())
                                .put("content", result);
                    }
                }
                case RESPONSES -> {
                    for (JsonNode item : reply.path("output")) {
                        messages.add(item.deepCopy());
                        if (item.path("type").asText().equals("function_call")) {
                            messages.addObject()
                                    .put("type", "function_call_output")
                                    .put("call_id", item.path("call_id").asText())
                                    .put("output", result);
                        }
                    }
                }
                case MESSAGES -> {
                    messages.addObject().put("role", "assistant").set("content", reply.path("content"));
                    ArrayNode results = JSON.createArrayNode();
                    for (JsonNode block : reply.path("content")) {
                        if (block.path("type").asText().equals("tool_use")) {
                            results.addObject()
                                    .put("type", "tool_result")
                                    .put("tool_use_id", block.path("id").asText())
                                    .put("content", result);
                        }
                    }
                    addUnlessEmpty(messages, "content", results);
                }
                case GEMINI -> {
                    JsonNode content = reply.at("/candidates/0/content");
                    messages.add(content.deepCopy());
                    ArrayNode results = JSON.createArrayNode();
                    for (JsonNode part : content.path("parts")) {
                        JsonNode call = part.path("functionCall");
                        if (!call.isMissingNode()) {
                            ObjectNode response = results.addObject().putObject("functionResponse");
                            response.put("id", call.path("id").asText());
                            response.put("name", call.path("name").asText());
                            response.putObject("response").put("output", result);
                        }
                    }
                    addUnlessEmpty(messages, "parts", results);
                }
            }
        }

        private static void addUnlessEmpty(ArrayNode messages, String name, ArrayNode results) {
            if (!results.isEmpty()) {
                messages.addObject().put("role", "user").set(name, results);
            }
        }
    }

    AgentRun(World world) {
        this(world, Dialect.CHAT);
    }

    AgentRun(World world, Dialect dialect) {
        this.world = world;
        this.dialect = dialect;
        dialect.user(messages, TASK);
        TOOLS.forEach(name -> tools.add(tool(name)));
    }

    private static ObjectNode tool(String name) {
        ObjectNode tool = JSON.createObjectNode().put("type", "function");
        ObjectNode function = tool.putObject("function").put("name", name);
        function.put("description", "Does " + name + " for the agent. " + "Mind the usual cases. ".repeat(95));
        ObjectNode schema = function.putObject("parameters").put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("command").put("type", "string").put("description", "What to do. ".repeat(15));
        properties.putObject("timeout").put("type", "number").put("description", "Most milliseconds.");
        schema.putArray("required").add("command");
        return tool;
    }

    int toolBytes() {
        return tools.toString().length();
    }

    /** One turn: the model calls a tool, and the agent brings its result. */
    World.Reply turn(String result) throws Exception {
        turns++;
        world.fake
                .script()
                .queue(Answer.text("I look.\n[tool_call]\n{\"name\": \"Bash\", \"arguments\": {\"command\": \"ls "
                        + turns + "\"}}\n[/tool_call]"));
        World.Reply reply = send();
        dialect.answer(messages, reply.json(), result);
        return reply;
    }

    World.Reply send() throws Exception {
        String body = dialect.body(messages, tools).toString();
        return dialect == Dialect.GEMINI ? world.raw(dialect.path, body) : world.post(dialect.path, body);
    }

    ArrayNode messages() {
        return messages;
    }

    /** The text of the newest message that the service got. */
    String inline() {
        return world.fake
                .recorder()
                .last(Endpoint.COMPLETIONS)
                .orElseThrow()
                .json()
                .path("messages")
                .path(0)
                .path("content")
                .asText();
    }
}
