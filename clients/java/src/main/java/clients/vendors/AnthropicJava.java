package clients.vendors;

import static clients.Checks.equal;
import static clients.Checks.stage;

import clients.Checks;
import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.ImageBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.MessageParam;
import com.anthropic.models.messages.TextBlock;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.UrlImageSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Anthropic's client for Java; every answer is validated. */
public final class AnthropicJava implements Runnable {

    /** What the model is to answer with. */
    public static final class Person {
        public String name;
        public int age;
    }

    private static Tool weather() {
        var city = Map.of("city", Map.of("type", "string"));
        return Tool.builder()
                .name("get_weather")
                .description("Tells the weather of a city")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(JsonValue.from(city))
                        .required(List.of("city"))
                        .build())
                .build();
    }

    private static MessageParam user(ContentBlockParam... blocks) {
        return MessageParam.ofUserOfContentBlockParams(List.of(blocks));
    }

    private static AnthropicClient at(String address, String key) {
        return AnthropicOkHttpClient.builder().baseUrl(address).apiKey(key).build();
    }

    private static MessageCreateParams.Builder ask(String text) {
        return MessageCreateParams.builder().model(Checks.MODEL).maxTokens(1024).addUserMessage(text);
    }

    private static String text(Message message) {
        return message.content().stream()
                .flatMap(block -> block.text().stream())
                .map(TextBlock::text)
                .collect(Collectors.joining());
    }

    @Override
    public void run() {
        AnthropicClient client = at(stage("base"), stage("key"));
        var checks = new Checks("anthropic-java", AnthropicOkHttpClient.class);
        checks.check("models", () -> client.models().list().data().forEach(model -> model.validate()));
        checks.check("model", () -> client.models().retrieve(Checks.MODEL).validate());
        checks.check("chat", () -> equal(
                Checks.COUNTED, text(client.messages().create(ask(Checks.COUNT).build()).validate())));
        checks.check("stream", () -> equal(Checks.COUNTED, streamed(client, Checks.COUNT)));
        checks.check("tools", () -> {
            var params = ask(Checks.WEATHER).addTool(weather());
            Message first = client.messages().create(params.build()).validate();
            var use = first.content().stream()
                    .flatMap(block -> block.toolUse().stream())
                    .findFirst()
                    .orElseThrow();
            equal(Map.of("city", Checks.CITY), use._input().convert(Map.class));
            params.addMessage(first);
            params.addMessage(user(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                    .toolUseId(use.id())
                    .content(Checks.SNOW)
                    .build())));
            equal(Checks.SNOWS, text(client.messages().create(params.build()).validate()));
        });
        checks.check("structured", () -> {
            var answer = client.messages().create(ask(Checks.JSON).outputConfig(Person.class).build());
            Person person = answer.content().stream()
                    .flatMap(block -> block.text().stream())
                    .map(block -> block.text())
                    .findFirst()
                    .orElseThrow();
            equal(Checks.ANN, person.name);
        });
        checks.check("picture", () -> {
            var source = Base64ImageSource.builder()
                    .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
                    .data(Checks.PNG)
                    .build();
            var image = ImageBlockParam.builder().source(source).build();
            equal(Checks.RED_DOT, text(client.messages().create(pictured(image)).validate()));
        });
        checks.check("abort", () -> Checks.aborted(aborting -> {
            try (var events = client.messages().createStreaming(ask(Checks.SLOWLY).build())) {
                if (events.stream().anyMatch(event -> event.isContentBlockDelta())) {
                    aborting.run();
                }
            }
        }));
        checks.check("tokens counted", () -> client.messages()
                .countTokens(MessageCountTokensParams.builder().model(Checks.MODEL).addUserMessage("Hi").build())
                .validate());
        checks.check("broken stream", () -> Checks.fails(() -> streamed(client, Checks.BREAK_OFF)));
        checks.refused(401, () -> at(stage("base"), "sk-wrong").models().list());
        checks.refused(404, () -> client.messages().create(ask("Hi").model("claude-unheard-of").build()));
        checks.refused(400, () -> {
            var source = UrlImageSource.builder().url(Checks.PRIVATE_PICTURE).build();
            return client.messages().create(pictured(ImageBlockParam.builder().source(source).build()));
        });
        checks.refusals(address -> at(address, stage("key")).messages().create(ask("Hi").build()));
    }

    private static MessageCreateParams pictured(ImageBlockParam image) {
        return MessageCreateParams.builder()
                .model(Checks.SEEING)
                .maxTokens(1024)
                .addMessage(user(
                        ContentBlockParam.ofImage(image),
                        ContentBlockParam.ofText(TextBlockParam.builder().text(Checks.PICTURE).build())))
                .build();
    }

    private static String streamed(AnthropicClient client, String text) {
        try (var events = client.messages().createStreaming(ask(text).build())) {
            return events.stream()
                    .map(event -> event.validate())
                    .flatMap(event -> event.contentBlockDelta().stream())
                    .flatMap(event -> event.delta().text().stream())
                    .map(delta -> delta.text())
                    .collect(Collectors.joining());
        }
    }
}
