package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Account settings, the page's heartbeat, the account's memory. */
final class UsersEndpoint {
    private final FakeAccounts accounts;
    private final ConcurrentMap<String, ObjectNode> settings = new ConcurrentHashMap<>();

    UsersEndpoint(Parts parts) {
        this.accounts = parts.accounts();
    }

    /** True for everyone, signed in or not. */
    void status(Exchange exchange) throws IOException {
        exchange.reply(Reply.success(exchange.request(), "true"));
    }

    void settings(Exchange exchange) throws IOException {
        Request request = exchange.request();
        JsonNode known = settings(request);
        exchange.reply(accounts.refusal(request).orElseGet(() -> Reply.success(request, known.toString())));
    }

    private ObjectNode settings(Request request) {
        return settings.getOrDefault(request.userId().orElse(""), defaults());
    }

    void update(Exchange exchange) throws IOException {
        Request request = exchange.request();
        if (accounts.refusal(request).isEmpty()) {
            ObjectNode merged = settings(request).deepCopy();
            request.json().properties().forEach(each -> merged.set(each.getKey(), each.getValue()));
            settings.put(request.userId().orElse(""), merged);
        }
        exchange.reply(accounts.refusal(request)
                .orElseGet(() -> Reply.success(request, request.json().toString())));
    }

    void forget(Exchange exchange) throws IOException {
        Request request = exchange.request();
        exchange.reply(accounts.refusal(request).orElseGet(() -> Reply.success(request, "{\"status\":true}")));
    }

    private static ObjectNode defaults() {
        ObjectNode node = Json.object();
        node.putObject("memory").put("enable_memory", true).put("enable_history_memory", true);
        node.putObject("tools_enabled")
                .put("web_search", true)
                .put("code_interpreter", true)
                .put("image_gen_tool", true)
                .put("image_edit_tool", false);
        return node;
    }
}
