package dev.qwen2api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.qwen2api.fakeqwen.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client for Java that was written by others: it sees the same through the CLI route as straight at the portal. */
@Timeout(60)
class CliJavaClientTest {

    private static final String OFFICIAL = "sk-official";

    private static final ToolSpecification TOOL = ToolSpecification.builder()
            .name("write_file")
            .description("Writes a file")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("path")
                    .addStringProperty("content")
                    .required("path", "content")
                    .build())
            .build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** Writes down what the client is told, in order. */
    private static final class Story implements StreamingChatResponseHandler {

        private final List<String> events = new ArrayList<>();
        private final CompletableFuture<List<String>> told = new CompletableFuture<>();

        @Override
        public void onPartialResponse(String text) {
            events.add("text " + text);
        }

        @Override
        public void onPartialThinking(PartialThinking thinking) {
            events.add("thinking " + thinking.text());
        }

        @Override
        public void onPartialToolCall(PartialToolCall call) {
            events.add(call.toString());
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            events.add(call.toString());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            events.add(response.finishReason() + " " + response.aiMessage() + " "
                    + response.tokenUsage().inputTokenCount() + "+"
                    + response.tokenUsage().outputTokenCount());
            told.complete(events);
        }

        @Override
        public void onError(Throwable error) {
            told.completeExceptionally(error);
        }
    }

    private static CompletableFuture<List<String>> story(String baseUrl, String key) {
        var story = new Story();
        OpenAiStreamingChatModel.builder()
                .baseUrl(baseUrl)
                .apiKey(key)
                .modelName("coder-model")
                .returnThinking(true)
                .build()
                .chat(
                        ChatRequest.builder()
                                .messages(SystemMessage.from("Be brief."), UserMessage.from("Write it down."))
                                .toolSpecifications(TOOL)
                                .build(),
                        story);
        return story.told;
    }

    @Test
    void a_streamed_tool_call_comes_through_in_the_same_events() throws Exception {
        try (World world = new World(folder, 1, Map.of())) {
            world.fake.oauth().allowKey(OFFICIAL);
            world.fake
                    .script()
                    .otherwise(Answer.empty()
                            .think("Let me ", "see.")
                            .chunks("I write ", "it 写下来.")
                            .call("call_1", "write_file", "{\"path\":\"a \\\"b\\\"\",\"content\":\"x\\\\ny\"}")
                            .call("call_2", "write_file", "{\"path\":\"c\",\"content\":\"\"}")
                            .usage(12, 34));

            List<String> straight =
                    story(world.fake.baseUrl() + "/v1", OFFICIAL).get(20, TimeUnit.SECONDS);
            List<String> through =
                    story(world.uri("/cli/v1").toString(), World.KEY).get(20, TimeUnit.SECONDS);

            assertEquals(straight, through);
            assertTrue(through.size() >= 9, through.toString());
            assertTrue(through.get(through.size() - 1).startsWith("TOOL_EXECUTION"), through.toString());
            assertTrue(through.get(through.size() - 1).endsWith("12+34"), through.toString());
        }
    }

    @Test
    void the_lack_of_an_account_is_an_exception_with_the_status() throws Exception {
        try (World world = new World(folder, 0, Map.of())) {
            Throwable error = story(world.uri("/cli/v1").toString(), World.KEY)
                    .handle((told, thrown) -> thrown)
                    .get(20, TimeUnit.SECONDS);
            while (!(error instanceof HttpException)) {
                assertTrue(error.getCause() != null, error.toString());
                error = error.getCause();
            }
            assertEquals(503, ((HttpException) error).statusCode());
        }
    }
}
