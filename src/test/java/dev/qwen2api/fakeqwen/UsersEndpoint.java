package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Account settings, the page's heartbeat, the account's memory. */
final class UsersEndpoint {
    private final FakeAccounts accounts;
    private final ConcurrentMap<String, JsonNode> settings = new ConcurrentHashMap<>();

    UsersEndpoint(Parts parts) {
        this.accounts = parts.accounts();
    }

    /** True for everyone, signed in or not. */
    void status(Exchange exchange) throws IOException {
        exchange.reply(Reply.success(exchange.request(), "true"));
    }

    void settings(Exchange exchange) throws IOException {
        Request request = exchange.request();
        JsonNode known = settings.getOrDefault(request.userId().orElse(""), defaults());
        exchange.reply(accounts.refusal(request).orElseGet(() -> Reply.success(request, known.toString())));
    }

    void update(Exchange exchange) throws IOException {
        Request request = exchange.request();
        if (accounts.refusal(request).isEmpty()) {
            settings.put(request.userId().orElse(""), request.json());
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
        return node;
    }
}
