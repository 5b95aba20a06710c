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

    private final World world;
    private final ArrayNode messages = JSON.createArrayNode();
    private final ArrayNode tools = JSON.createArrayNode();
    private int turns;

    AgentRun(World world) {
        this.world = world;
        messages.addObject()
                .put("role", "system")
                .put("content", "You are an agent. " + "Rule of conduct. ".repeat(900));
        messages.addObject().put("role", "user").put("content", TASK);
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
        JsonNode message = reply.json().path("choices").path(0).path("message");
        messages.add(message.deepCopy());
        for (JsonNode call : message.path("tool_calls")) {
            messages.addObject()
                    .put("role", "tool")
                    .put("tool_call_id", call.path("id").asText())
                    .put("content", result);
        }
        return reply;
    }

    World.Reply send() throws Exception {
        ObjectNode body = JSON.createObjectNode().put("model", "qwen-max");
        body.set("messages", messages);
        body.set("tools", tools);
        return world.post("/v1/chat/completions", body.toString());
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
