package clients.vendors;

import static clients.Checks.equal;
import static clients.Checks.stage;

import clients.Checks;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** LangChain4j over OpenAI's and Anthropic's dialect. */
public final class LangChain4j implements Runnable {

    /** What the model is to answer with. */
    public record Person(String name, int age) {}

    /** A service that LangChain4j implements. */
    interface Assistant {
        String answer(String text);
    }

    /** One that answers with an object. */
    interface Registrar {
        Person person(String text);
    }

    /** The tool. */
    public static final class Station {
        final List<String> asked = new ArrayList<>();

        @Tool(name = "get_weather", value = "Tells the weather of a city")
        public String weather(@P("city") String city) {
            asked.add(city);
            return Checks.SNOW;
        }
    }

    private interface Way {
        ChatModel at(String address, String key, String model);
    }

    private static ChatModel openai(String address, String key, String model) {
        return OpenAiChatModel.builder()
                .baseUrl(address + "/v1")
                .apiKey(key)
                .modelName(model)
                .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                .strictJsonSchema(true)
                .build();
    }

    private static ChatModel anthropic(String address, String key, String model) {
        return AnthropicChatModel.builder().baseUrl(address + "/v1").apiKey(key).modelName(model).build();
    }

    @Override
    public void run() {
        checks("langchain4j-open-ai", OpenAiChatModel.class, LangChain4j::openai, OpenAiStreamingChatModel.builder()
                .baseUrl(stage("base") + "/v1").apiKey(stage("key")).modelName(Checks.MODEL).build());
        checks("langchain4j-anthropic", AnthropicChatModel.class, LangChain4j::anthropic,
                AnthropicStreamingChatModel.builder()
                        .baseUrl(stage("base") + "/v1").apiKey(stage("key")).modelName(Checks.MODEL).build());
    }

    private static void checks(String name, Class<?> type, Way way, StreamingChatModel streaming) {
        var checks = new Checks(name, type);
        ChatModel model = way.at(stage("base"), stage("key"), Checks.MODEL);
        checks.check("chat", () -> equal(Checks.COUNTED, model.chat(Checks.COUNT)));
        checks.check("stream", () -> equal(Checks.COUNTED, streamed(streaming, Checks.COUNT)));
        checks.check("tools", () -> {
            var station = new Station();
            Assistant assistant =
                    AiServices.builder(Assistant.class).chatModel(model).tools(station).build();
            equal(Checks.SNOWS, assistant.answer(Checks.WEATHER));
            equal(List.of(Checks.CITY), station.asked);
        });
        checks.check("structured", () -> equal(
                new Person(Checks.ANN, 30), AiServices.create(Registrar.class, model).person(Checks.JSON)));
        checks.check("picture", () -> {
            var seeing = way.at(stage("base"), stage("key"), Checks.SEEING);
            var answer = seeing.chat(pictured(ImageContent.from(Checks.PNG, "image/png")));
            equal(Checks.RED_DOT, answer.aiMessage().text());
        });
        checks.check("abort", () -> aborts(streaming));
        if (name.equals("langchain4j-open-ai")) {
            checks.cannot("broken stream", "it takes an error in a stream for the end of it, except in an SSE event"
                    + " named error, a name that OpenAI's chat streams do not use");
        } else {
            checks.check("broken stream", () -> Checks.fails(() -> streamed(streaming, Checks.BREAK_OFF)));
        }
        checks.refused(401, () -> way.at(stage("base"), "sk-wrong", Checks.MODEL).chat("Hi"));
        checks.refused(404, () -> way.at(stage("base"), stage("key"), "unheard-of").chat("Hi"));
        checks.refused(400, () -> model.chat(pictured(ImageContent.from(Checks.PRIVATE_PICTURE))));
        checks.refusals(address -> way.at(address, stage("key"), Checks.MODEL).chat("Hi"));
    }

    private static UserMessage pictured(ImageContent picture) {
        return UserMessage.from(TextContent.from(Checks.PICTURE), picture);
    }

    /** Cancels at the first piece; no other one may come. */
    private static void aborts(StreamingChatModel model) throws Exception {
        var pieces = new AtomicInteger();
        var begun = new CompletableFuture<Void>();
        model.chat(Checks.SLOWLY, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                pieces.incrementAndGet();
                context.streamingHandle().cancel();
                begun.complete(null);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                begun.completeExceptionally(new AssertionError("it ended before it was aborted"));
            }

            @Override
            public void onError(Throwable error) {
                begun.completeExceptionally(error);
            }
        });
        begun.get();
        Thread.sleep(1_000);
        equal(1, pieces.get(), "pieces");
    }

    private static String streamed(StreamingChatModel model, String text) throws Exception {
        var whole = new CompletableFuture<String>();
        model.chat(text, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {}

            @Override
            public void onCompleteResponse(ChatResponse response) {
                whole.complete(response.aiMessage().text());
            }

            @Override
            public void onError(Throwable error) {
                whole.completeExceptionally(error);
            }
        });
        return whole.get();
    }
}
