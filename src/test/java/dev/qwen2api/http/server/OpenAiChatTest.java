package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.openai.ChatCodec;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OpenAI's dialect over a real connection. */
@Timeout(30)
class OpenAiChatTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String ASK =
            "{\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    @Test
    void a_whole_answer_is_a_completion() throws IOException {
        RawClient.Answer answer = ask(ASK + "}");
        assertEquals(200, answer.status());
        JsonNode body = JSON.readTree(answer.body());
        assertTrue(body.path("id").textValue().matches("chatcmpl-[0-9a-f]{32}"));
        assertEquals("qwen-max", body.path("model").textValue());
        assertEquals(1234, body.path("created").intValue());
        assertEquals("hi", body.at("/choices/0/message/content").textValue());
    }

    @Test
    void a_streamed_answer_is_chunks() throws IOException {
        RawClient.Answer answer = ask(ASK + ",\"stream\":true}");
        String[] frames = answer.body().split("\n\n", -1);
        JsonNode first = JSON.readTree(frames[0].substring("data: ".length()));
        assertEquals("chat.completion.chunk", first.path("object").textValue());
        assertEquals("data: [DONE]", frames[frames.length - 2]);
    }

    @Test
    void a_mistake_is_told_with_its_field() throws IOException {
        RawClient.Answer answer = ask("{\"model\":\"qwen-max\",\"messages\":7}");
        assertEquals(400, answer.status());
        assertTrue(answer.body().contains("messages"), answer.body());
    }

    @Test
    void a_body_that_grows_too_long_is_told_so_and_not_taken_for_bad_json() throws IOException {
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nx-api-key: "
                + TestServer.KEY + "\r\n\r\n";
        try (var server = server();
                var client = server.client()) {
            client.send(head + "20000\r\n{\"x\":\"" + "x".repeat(0x20000 - 6));
            assertEquals(413, client.answer().status());
        }
    }

    private static RawClient.Answer ask(String body) throws IOException {
        try (var server = server();
                var client = server.client()) {
            return client.chat(body).answer();
        }
    }

    private static TestServer server() {
        return new TestServer(
                new ChatCodec(() -> Instant.ofEpochSecond(1234)),
                (conversation, sink) -> Gate.say(sink, true, "hi"),
                TestServer.LIMITS);
    }
}
