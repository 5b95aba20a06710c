package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.AnswerEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The line that is left of a request. */
@Timeout(30)
class AccessLogTest {

    @Test
    void it_has_ids_and_numbers_and_no_query() throws Exception {
        String line = lineOf("POST /v1/chat?key=secret HTTP/1.1", request -> {
            request.setAttribute(AccessLog.ID, "r-1");
            request.setAttribute(AccessLog.MODEL, "qwen-max\n[HTTP] forged");
            request.setAttribute(AccessLog.ACCOUNT, "account_2");
            request.setAttribute(AccessLog.USAGE, new AnswerEvent.Usage(12, 34, 0, 0));
            request.setAttribute(AccessLog.FIRST_TOKEN, request.getBeginNanoTime() + 7_000_000);
        });
        assertEquals(
                "[HTTP] r-1 POST /v1/chat 200 first=7ms took=99ms model=qwen-max?[HTTP]?forged"
                        + " account=account_2 tokens=12+34",
                line);
    }

    @Test
    void it_is_short_where_little_is_known() throws Exception {
        assertEquals("[HTTP] - GET /* 200 took=99ms", lineOf("GET /%E4%BD%A0 HTTP/1.1", request -> {}));
    }

    @Test
    void a_key_that_was_typed_into_a_path_is_not_in_it() throws Exception {
        assertEquals(
                "[HTTP] - GET /v1/*/chat/completions 200 took=99ms",
                lineOf("GET /v1/sk-secret/chat/completions HTTP/1.1", request -> {}));
        assertEquals(
                "[HTTP] - GET /v1/responses/{id} 200 took=99ms",
                lineOf(
                        "GET /v1/responses/sk-secret HTTP/1.1",
                        request -> request.setAttribute(AccessLog.ROUTE, "/v1/responses/{id}")));
    }

    @Test
    void it_is_never_long() throws Exception {
        String line = lineOf("GET /" + "x".repeat(5000) + " HTTP/1.1", request -> {});
        assertTrue(line.length() < 200, line);
    }

    private static String lineOf(String requestLine, Consumer<Request> handler) throws Exception {
        var line = new CompletableFuture<String>();
        var server = new Server(0);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                handler.accept(request);
                callback.succeeded();
                return true;
            }
        });
        server.setRequestLog((request, response) ->
                line.complete(AccessLog.line(request, response, request.getBeginNanoTime() + 99_000_000)));
        server.start();
        try (var client = new RawClient(((ServerConnector) server.getConnectors()[0]).getLocalPort())) {
            client.send(requestLine + "\r\nHost: test\r\n\r\n");
            return line.get(10, TimeUnit.SECONDS);
        } finally {
            server.stop();
        }
    }
}
