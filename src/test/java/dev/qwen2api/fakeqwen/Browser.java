package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** A client with the manners of the web page, for the tests of the fake itself. */
final class Browser {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String baseUrl;
    private final String token;

    Browser(FakeQwen fake, String userId) {
        this.baseUrl = fake.baseUrl();
        this.token = fake.accounts().token(userId);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofSeconds(10))
                .header("authorization", "Bearer " + token)
                .header("cookie", "token=" + token)
                .header("content-type", "application/json")
                .header("source", "web")
                .header("version", "0.2.87")
                .header("x-request-id", "11111111-2222-4333-8444-555555555555");
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return Json.read(send(request(path).GET()).body());
    }

    JsonNode post(String path, String body) throws IOException, InterruptedException {
        return Json.read(send(request(path).POST(BodyPublishers.ofString(body))).body());
    }

    JsonNode delete(String path) throws IOException, InterruptedException {
        return Json.read(send(request(path).DELETE()).body());
    }

    String newChat() throws IOException, InterruptedException {
        return post("/api/v2/chats/new", "{\"models\":[\"qwen3.7-plus\"],\"chat_type\":\"t2t\"}")
                .path("data")
                .path("id")
                .asText();
    }

    /** A question as the page sends it. */
    ObjectNode question(String chatId, String text) {
        ObjectNode body = Json.object();
        body.put("stream", true)
                .put("chat_id", chatId)
                .put("model", "qwen3.7-plus")
                .putNull("parent_id");
        ObjectNode message = body.putArray("messages").addObject();
        message.put("role", "user").put("content", text).put("chat_type", "t2t");
        message.putObject("feature_config").put("thinking_enabled", false).put("output_schema", "phase");
        return body;
    }

    HttpRequest.Builder completion(ObjectNode question) {
        return request("/api/v2/chat/completions?chat_id="
                        + question.path("chat_id").asText())
                .POST(BodyPublishers.ofString(question.toString()));
    }

    HttpResponse<String> ask(ObjectNode question) throws IOException, InterruptedException {
        return send(completion(question));
    }

    /** A question in a new chat. */
    HttpResponse<String> ask(String text) throws IOException, InterruptedException {
        return ask(question(newChat(), text));
    }

    /** The answer as it comes; closing the stream leaves early. */
    InputStream open(ObjectNode question) throws IOException, InterruptedException {
        return http.send(completion(question).build(), BodyHandlers.ofInputStream())
                .body();
    }

    static ObjectNode thinking(ObjectNode question, Optional<String> format) {
        ObjectNode features = (ObjectNode) question.path("messages").path(0).path("feature_config");
        features.put("thinking_enabled", true);
        format.ifPresent(name -> features.put("thinking_format", name));
        return question;
    }
}
