package clients.vendors;

import static clients.Checks.equal;
import static clients.Checks.stage;

import clients.Checks;
import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseInputImage;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseOutputText;
import java.util.List;
import java.util.stream.Collectors;

/** OpenAI's client for Java; every answer is validated. */
public final class OpenAiJava implements Runnable {
    private static final String DATA_URL = "data:image/png;base64," + Checks.PNG;

    /** What the model is to answer with. */
    public static final class Person {
        public String name;
        public int age;
    }

    /** A tool. */
    @JsonTypeName("get_weather")
    @JsonClassDescription("Tells the weather of a city")
    public static final class Weather {
        public String city;
    }

    private static OpenAIClient at(String address, String key) {
        return OpenAIOkHttpClient.builder().baseUrl(address + "/v1").apiKey(key).build();
    }

    private static ChatCompletionCreateParams.Builder chat(String text) {
        return ChatCompletionCreateParams.builder().model(Checks.MODEL).addUserMessage(text);
    }

    private static ResponseCreateParams.Builder response(String text) {
        return ResponseCreateParams.builder().model(Checks.MODEL).input(text);
    }

    @Override
    public void run() {
        OpenAIClient client = at(stage("base"), stage("key"));
        var checks = new Checks("openai-java chat", OpenAIOkHttpClient.class);
        checks.check("models", () -> client.models().list().data().forEach(model -> model.validate()));
        checks.check("model", () -> {
            Model model = client.models().retrieve(Checks.MODEL).validate();
            equal(Checks.MODEL, model.id());
        });
        checks.check("chat", () -> {
            var answer = client.chat().completions().create(chat(Checks.COUNT).build()).validate();
            equal(Checks.COUNTED, answer.choices().get(0).message().content().orElse(""));
        });
        checks.check("stream", () -> equal(Checks.COUNTED, streamed(client, Checks.COUNT)));
        checks.check("tools", () -> {
            var params = chat(Checks.WEATHER).addTool(Weather.class);
            var first = client.chat().completions().create(params.build()).validate();
            var message = first.choices().get(0).message();
            var call = message.toolCalls().orElseThrow().get(0).asFunction();
            equal(Checks.CITY, call.function().arguments(Weather.class).city);
            params.addMessage(message);
            params.addMessage(ChatCompletionToolMessageParam.builder()
                    .toolCallId(call.id())
                    .content(Checks.SNOW)
                    .build());
            var second = client.chat().completions().create(params.build()).validate();
            equal(Checks.SNOWS, second.choices().get(0).message().content().orElse(""));
        });
        checks.check("structured", () -> {
            var answer = client.chat().completions()
                    .create(chat(Checks.JSON).responseFormat(Person.class).build());
            equal(Checks.ANN, answer.choices().get(0).message().content().orElseThrow().name);
        });
        checks.check("picture", () -> {
            var answer = client.chat().completions().create(pictured(DATA_URL)).validate();
            equal(Checks.RED_DOT, answer.choices().get(0).message().content().orElse(""));
        });
        checks.check("abort", () -> Checks.aborted(aborting -> {
            try (var chunks = client.chat().completions().createStreaming(chat(Checks.SLOWLY).build())) {
                if (chunks.stream().findFirst().isPresent()) {
                    aborting.run();
                }
            }
        }));
        checks.check("broken stream", () -> Checks.fails(() -> streamed(client, Checks.BREAK_OFF)));
        checks.refused(401, () -> at(stage("base"), "sk-wrong").models().list());
        checks.refused(400, () -> client.chat().completions().create(pictured(Checks.PRIVATE_PICTURE)));
        checks.refused(404, () -> client.chat().completions().create(chat("Hi").model("gpt-unheard-of").build()));
        checks.refusals(address -> at(address, stage("key")).chat().completions().create(chat("Hi").build()));
        responses(client);
    }

    private static ChatCompletionCreateParams pictured(String url) {
        var image = ChatCompletionContentPartImage.ImageUrl.builder().url(url).build();
        return ChatCompletionCreateParams.builder()
                .model(Checks.SEEING)
                .addUserMessageOfArrayOfContentParts(List.of(
                        ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                                .text(Checks.PICTURE)
                                .build()),
                        ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                                .imageUrl(image)
                                .build())))
                .build();
    }

    private static ResponseCreateParams picturedResponse(String url) {
        var message = ResponseInputItem.Message.builder()
                .role(ResponseInputItem.Message.Role.USER)
                .addInputTextContent(Checks.PICTURE)
                .addContent(ResponseInputImage.builder()
                        .detail(ResponseInputImage.Detail.AUTO)
                        .imageUrl(url)
                        .build())
                .build();
        return ResponseCreateParams.builder()
                .model(Checks.SEEING)
                .inputOfResponse(List.of(ResponseInputItem.ofMessage(message)))
                .build();
    }

    private static String text(Response answer) {
        return answer.output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .flatMap(content -> content.outputText().stream())
                .map(ResponseOutputText::text)
                .collect(Collectors.joining());
    }

    private static String responded(OpenAIClient client, String text) {
        try (var events = client.responses().createStreaming(response(text).build())) {
            return events.stream()
                    .map(event -> event.validate())
                    .peek(event -> event.failed().ifPresent(failed -> {
                        throw new IllegalStateException(String.valueOf(failed.response().error()));
                    }))
                    .flatMap(event -> event.outputTextDelta().stream())
                    .map(delta -> delta.delta())
                    .collect(Collectors.joining());
        }
    }

    private static void responses(OpenAIClient client) {
        var checks = new Checks("openai-java responses", OpenAIOkHttpClient.class);
        checks.check("chat", () -> {
            var answer = client.responses().create(response(Checks.COUNT).build()).validate();
            equal(Checks.COUNTED, text(answer));
        });
        checks.check("stream", () -> equal(Checks.COUNTED, responded(client, Checks.COUNT)));
        checks.check("tools", () -> {
            var answer = client.responses()
                    .create(response(Checks.WEATHER).addTool(Weather.class).build())
                    .validate();
            var call = answer.output().stream()
                    .flatMap(item -> item.functionCall().stream())
                    .findFirst()
                    .orElseThrow();
            equal(Checks.CITY, call.arguments(Weather.class).city);
        });
        checks.check("structured", () -> {
            var answer = client.responses().create(response(Checks.JSON).text(Person.class).build());
            Person person = answer.output().stream()
                    .flatMap(item -> item.message().stream())
                    .flatMap(message -> message.content().stream())
                    .flatMap(content -> content.outputText().stream())
                    .findFirst()
                    .orElseThrow();
            equal(Checks.ANN, person.name);
        });
        checks.check("picture", () -> equal(
                Checks.RED_DOT, text(client.responses().create(picturedResponse(DATA_URL)).validate())));
        checks.check("abort", () -> Checks.aborted(aborting -> {
            try (var events = client.responses().createStreaming(response(Checks.SLOWLY).build())) {
                if (events.stream().anyMatch(event -> event.isOutputTextDelta())) {
                    aborting.run();
                }
            }
        }));
        checks.check("broken stream", () -> Checks.fails(() -> responded(client, Checks.BREAK_OFF)));
        checks.refused(401, () -> at(stage("base"), "sk-wrong").responses().create(response("Hi").build()));
        checks.refused(400, () -> client.responses().create(picturedResponse(Checks.PRIVATE_PICTURE)));
        checks.refused(404, () -> client.responses().create(response("Hi").model("gpt-unheard-of").build()));
        checks.refusals(address -> at(address, stage("key")).responses().create(response("Hi").build()));
    }

    private static String streamed(OpenAIClient client, String text) {
        try (var chunks = client.chat().completions().createStreaming(chat(text).build())) {
            return chunks.stream()
                    .map(chunk -> chunk.validate())
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .collect(Collectors.joining());
        }
    }
}
