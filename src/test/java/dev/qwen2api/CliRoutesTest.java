package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routes of the CLI channel: their keys, their methods, and the requests that they refuse. */
@Timeout(60)
class CliRoutesTest {

    private static final String CHAT = "/cli/v1/chat/completions";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "POST, /cli/v1/models,            false, 200",
        "POST, /cli/v1/models,            true,  200",
        "GET,  /cli/v1/models,            true,  200",
        "GET,  /cli/v1/models,            false, 401",
        "POST, /cli/v1/chat/completions,  false, 401",
        "GET,  /cli/v1/chat/completions,  true,  405",
        "POST, /cli/v1/nothing,           true,  404",
        "POST, /cli/models,               false, 200",
        "GET,  /cli/models,               true,  200",
        "GET,  /cli//v1/v1/models/,       true,  200",
        "GET,  /cli/models,               false, 401",
        "POST, /cli/chat/completions,     false, 401",
        "GET,  /cli/chat/completions,     true,  405",
        "GET,  /cli/responses/resp_1,     false, 401",
        "POST, /cli/nothing,              true,  404",
    })
    void the_routes_ask_for_a_key_where_it_matters(String method, String path, boolean key, int status)
            throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(world.uri(path)).method(method, BodyPublishers.noBody());
            if (key) {
                request.header("Authorization", "Bearer " + World.KEY);
            }
            var reply = new World.Reply(HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()));
            assertEquals(status, reply.status, reply.toString());
            if (status == 200) {
                assertEquals("list", reply.json().path("object").asText());
                assertEquals(
                        JSON.readTree("{\"id\":\"qwen3-coder-plus\",\"object\":\"model\",\"created\":1719878112,"
                                + "\"owned_by\":\"qwen-code\"}"),
                        reply.json().at("/data/0"));
            } else {
                assertFalse(reply.errorCode().isEmpty(), reply.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                              | model",
                "{\"model\":\"m\"}                               | messages",
                "{\"model\":\"m\",\"messages\":[]}               | messages",
                "{\"model\":7,\"messages\":[{}]}                 | model",
                "{\"model\":\"m\",\"messages\":[{}],\"stream\":1}  | stream",
            })
    void a_request_that_is_none_is_refused_by_its_field(String body, String param) throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            World.Reply reply = world.post(CHAT, body);
            assertEquals(400, reply.status, reply.toString());
            assertEquals(param, reply.json().at("/error/param").asText());
        }
    }
}
