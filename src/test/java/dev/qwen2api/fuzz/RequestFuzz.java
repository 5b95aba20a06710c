package dev.qwen2api.fuzz;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.api.anthropic.MessagesCodec;
import dev.qwen2api.api.gemini.GeminiCodec;
import dev.qwen2api.api.json.ClientRequest;
import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.api.openai.ImagesCodec;
import dev.qwen2api.api.openai.TextCompletionCodec;
import dev.qwen2api.api.openai.VideosCodec;
import dev.qwen2api.api.openai.responses.ResponseCache;
import dev.qwen2api.api.openai.responses.ResponsesCodec;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AnswerEvent.Finished;
import dev.qwen2api.chat.AnswerEvent.Reasoning;
import dev.qwen2api.chat.AnswerEvent.Text;
import dev.qwen2api.chat.AnswerEvent.ToolCallArguments;
import dev.qwen2api.chat.AnswerEvent.ToolCallOpened;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.toolcall.ToolPrompt;
import dev.qwen2api.upstream.compatible.CompatibleFuzz;
import dev.qwen2api.upstream.qwen.ReplyFuzz;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Bodies of requests. What is accepted is written for both upstreams, and its answer printed: all of it valid JSON. */
final class RequestFuzz {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));

    private static final List<AnswerEvent> ANSWER = List.of(
            new Reasoning("hm\ud83d"),
            new Text("Hello \u0000\"\u2028😀"),
            new ToolCallOpened(0, "call_0", "now"),
            new ToolCallArguments(0, "{\"a\":"),
            new ToolCallArguments(0, "1}"),
            new Usage(3, 2, 1, 0),
            new Finished(Finished.Reason.TOOL_CALLS));

    private RequestFuzz() {}

    static void chat(byte[] input) throws IOException {
        check(new ChatCodec(CLOCK), input);
        check(new TextCompletionCodec(CLOCK)::read, input);
    }

    static void responses(byte[] input) throws IOException {
        ResponseCache.OwnedResponses owned =
                new ResponseCache(new ResponseCache.Capacity(10, 100_000)).ownedBy("somebody");
        var codec = new ResponsesCodec(CLOCK);
        check(body -> codec.read(body, owned), input);
        check(body -> codec.readCompaction(body, owned), input);
    }

    static void messages(byte[] input) throws IOException {
        check(new MessagesCodec()::read, input);
    }

    static void gemini(byte[] input) throws IOException {
        var codec = new GeminiCodec();
        check(codec.generation("qwen3-max", true), input);
        check(codec.generation("qwen3-max", false), input);
        read(body -> codec.counted("qwen3-max", body), input);
    }

    static void pictures(byte[] input) throws IOException {
        var images = new ImagesCodec();
        read(images::generation, input);
        read(images::edit, input);
        read(new VideosCodec()::order, input);
    }

    /** Reads a body. */
    @FunctionalInterface
    private interface Codec<T> {
        T read(InputStream body) throws IOException;
    }

    private static <T> T read(Codec<T> codec, byte[] input) throws IOException {
        try {
            return codec.read(new ByteArrayInputStream(input));
        } catch (ProblemException refused) {
            if (refused.problem().kind().status() >= 500) {
                throw new AssertionError("a fault of the client is called the gateway's", refused);
            }
            return null;
        }
    }

    private static void check(ClientRequest.Reader codec, byte[] input) throws IOException {
        ClientRequest request = read(codec::read, input);
        if (request == null) {
            return;
        }
        CompatibleFuzz.request(request.conversation());
        ReplyFuzz.prompt(request.conversation());
        ToolPrompt.of(request.conversation().tools(), request.conversation().toolChoice());
        AnswerFuzz.filtered(request.conversation());
        if (request.form() instanceof ClientRequest.Whole whole) {
            ANSWER.forEach(whole.printer()::on);
            JSON.readTree(whole.printer().body());
        } else if (request.form() instanceof ClientRequest.Streamed streamed) {
            var out = new ByteArrayOutputStream();
            streamed.printer().open(out);
            ANSWER.forEach(event -> streamed.printer().event(event, out));
            streamed.printer().done(out);
            for (String line : out.toString(StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("data: {")) {
                    JSON.readTree(line.substring(6));
                }
            }
        }
    }
}
