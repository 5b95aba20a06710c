package dev.qwen2api.api.openai.items;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.api.json.ToolDefinitions;
import dev.qwen2api.api.openai.items.OfferedTools.Known;
import dev.qwen2api.api.openai.items.OfferedTools.Offered;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses the definitions of tools in {@code tools}. Tools that OpenAI's servers would run cannot be called here; the
 * model is told so.
 */
public final class ToolReader {

    private final List<Offered> found = new ArrayList<>();
    private final List<String> unavailable = new ArrayList<>();

    /** Reads an array of tools, if there is one. */
    public void readAll(RequestField tools, String nameSpace) {
        tools.optionalItems().forEach(tool -> read(tool.object(), nameSpace));
    }

    private void read(RequestField tool, String nameSpace) {
        String type = tool.get("type").text();
        if (isSearch(tool)) {
            return;
        }
        if (type.equals("namespace")) {
            readAll(tool.get("tools"), name(tool));
            return;
        }
        // With a search on the server, all tools are in the request: they are offered at once.
        boolean hosted = type.equals("shell")
                && tool.get("environment").isObject()
                && !tool.get("environment")
                        .get("type")
                        .optionalText()
                        .orElse("")
                        .equals("local");
        if (hosted) {
            unavailable.add(type);
            return;
        }
        boolean onServer = type.equals("tool_search")
                && !tool.get("execution").optionalText().orElse("server").equals("client");
        if (!onServer) {
            ToolForm.ofTool(type)
                    .ifPresentOrElse(form -> offer(form, tool, nameSpace), () -> unavailable.add(label(tool, type)));
        }
    }

    private void offer(ToolForm form, RequestField tool, String nameSpace) {
        if (form.isBuiltIn()) {
            found.add(new Offered(new Known(form.toolType(), "", form), BuiltInTools.tool(form, tool)));
            return;
        }
        // Chat completions wrap what responses have beside the type; their clients send either.
        RequestField inside = tool.get(form.toolType()).isPresent()
                ? tool.get(form.toolType()).object()
                : tool;
        function(form, inside, nameSpace);
    }

    /** Reads the definition of a function or a custom tool. */
    public void function(ToolForm form, RequestField definition, String nameSpace) {
        var known = new Known(name(definition), nameSpace, form);
        found.add(new Offered(
                known,
                form == ToolForm.CUSTOM
                        ? CustomToolInput.tool(known.fullName(), definition)
                        : ToolDefinitions.function(known.fullName(), definition, "parameters")));
    }

    private static String name(RequestField tool) {
        return tool.get("name").name("the name of a tool");
    }

    private static String label(RequestField tool, String type) {
        RequestField server = tool.get("server_label");
        return server.isText() ? type + " (" + server.text() + ")" : type;
    }

    /** {@code web_search} and its dated and earlier names. */
    public static boolean isSearch(RequestField tool) {
        return tool.get("type").isText() && tool.get("type").text().startsWith("web_search");
    }

    /** Whether a web search is among the tools. */
    public static boolean offersSearch(RequestField request) {
        return request.get("tools").optionalItems().stream().anyMatch(ToolReader::isSearch);
    }

    public OfferedTools offered() {
        return OfferedTools.of(found);
    }

    /** The types of the tools that cannot be called here. */
    public List<String> unavailable() {
        return List.copyOf(unavailable);
    }
}
