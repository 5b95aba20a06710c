package dev.qwen2api.http.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.json.ClientRequest.BodyPrinter;
import dev.qwen2api.api.json.ClientRequest.FramePrinter;
import dev.qwen2api.api.json.ProblemMessage;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Message;
import dev.qwen2api.failure.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A dialect that is as simple as can be: {@code text}, {@code !code} and {@code [DONE]} in frames, the text alone as a
 * body.
 */
final class Wire {

    private static final JsonMapper JSON = new JsonMapper();

    private Wire() {}

    static ClientRequest read(InputStream body) throws IOException {
        JsonNode json = JSON.readTree(body);
        if (!json.path("model").isTextual()) {
            throw Problem.invalid("model", "model is missing").toException();
        }
        var conversation = new Conversation(
                json.path("model").textValue(),
                List.of(Message.of(Message.Role.USER, json.path("text").asText("hello"))),
                List.of(),
                Conversation.ToolChoice.AUTO,
                Conversation.Options.NONE);
        return new ClientRequest(
                conversation,
                json.path("stream").asBoolean()
                        ? new ClientRequest.Streamed(new Frames())
                        : new ClientRequest.Whole(new Body()));
    }

    static byte[] problem(Problem problem) {
        return ("{\"error\":{\"code\":\"" + problem.kind().code() + "\",\"message\":\"" + ProblemMessage.of(problem)
                        + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static final class Frames implements FramePrinter {
        @Override
        public void open(ByteArrayOutputStream out) {
            frame("OPEN", out);
        }

        @Override
        public void event(AnswerEvent event, ByteArrayOutputStream out) {
            if (event instanceof AnswerEvent.Text text) {
                frame(text.text(), out);
            }
        }

        @Override
        public void heartbeat(ByteArrayOutputStream out) {
            out.writeBytes(": keep-alive\n".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void fail(Problem problem, ByteArrayOutputStream out) {
            frame("!" + problem.kind().code(), out);
        }

        @Override
        public void done(ByteArrayOutputStream out) {
            frame("[DONE]", out);
        }

        private static void frame(String data, ByteArrayOutputStream out) {
            out.writeBytes(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static final class Body implements BodyPrinter {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void on(AnswerEvent event) {
            if (event instanceof AnswerEvent.Text more) {
                text.append(more.text());
            }
        }

        @Override
        public byte[] body() {
            return ("{\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
        }
    }
}
