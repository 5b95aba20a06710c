package dev.qwen2api.api.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.AnswerAccumulator.Item;
import dev.qwen2api.api.json.AnswerAccumulator.ItemType;
import dev.qwen2api.api.json.WellFormedText;
import dev.qwen2api.chat.AnswerEvent.Source;
import dev.qwen2api.chat.Markdown;
import java.util.List;

/** Prints the content blocks of a message. */
final class ContentBlock {

    /** Clients require a signature of a thinking block and send it back; the gateway does not read it. */
    static final String SIGNATURE = "cXdlbjJhcGk=";

    private ContentBlock() {}

    /** The block of an item that is not a search, as it is when it opens. */
    static ObjectNode opened(Item item) {
        return switch (item.type()) {
            case REASONING -> typed("thinking").put("thinking", "").put("signature", "");
            case TEXT, SEARCH -> typed("text").put("text", "");
            case TOOL_CALL -> call("tool_use", item.call().id(), item.call().name());
        };
    }

    /** The type of a delta of such a block. */
    static String deltaType(ItemType type) {
        return switch (type) {
            case REASONING -> "thinking_delta";
            case TEXT, SEARCH -> "text_delta";
            case TOOL_CALL -> "input_json_delta";
        };
    }

    /** The field of such a delta that holds the text. */
    static String deltaField(ItemType type) {
        return switch (type) {
            case REASONING -> "thinking";
            case TEXT, SEARCH -> "text";
            case TOOL_CALL -> "partial_json";
        };
    }

    /** The two blocks of a web search: that it took place, and what it found. */
    static List<ObjectNode> search(MessageHead message, List<Source> sources) {
        String id = message.id().replaceFirst("msg", "srvtoolu");
        ObjectNode found = typed("web_search_tool_result").put("tool_use_id", id);
        ArrayNode results = found.putArray("content");
        for (Source source : sources) {
            results.addObject()
                    .put("type", "web_search_result")
                    .put("url", WellFormedText.text(Markdown.url(source.url())))
                    .put("title", WellFormedText.text(Markdown.line(source.title())))
                    .put("encrypted_content", "")
                    .put("page_age", source.date().isBlank() ? null : WellFormedText.text(source.date()));
        }
        return List.of(call("server_tool_use", id, "web_search"), found);
    }

    private static ObjectNode call(String type, String id, String name) {
        ObjectNode call = typed(type).put("id", id).put("name", WellFormedText.text(name));
        call.putObject("input");
        return call;
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
