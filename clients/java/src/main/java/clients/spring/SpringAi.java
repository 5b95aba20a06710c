package clients.spring;

import static clients.Checks.equal;
import static clients.Checks.stage;

import clients.Checks;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.ai.anthropic.AnthropicChatModel;
import org.springframework.ai.anthropic.AnthropicChatOptions;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeTypeUtils;

/** Spring AI's chat client over OpenAI's dialect. */
public final class SpringAi implements Runnable {

    /** What the model is to answer with. */
    public record Person(String name, int age) {}

    /** The tool. */
    public static final class Station {
        final List<String> asked = new ArrayList<>();

        @Tool(name = "get_weather", description = "Tells the weather of a city")
        public String weather(String city) {
            asked.add(city);
            return Checks.SNOW;
        }
    }

    private interface Way {
        ChatClient at(String address, String key, String model);
    }

    private static ChatClient openai(String address, String key, String model) {
        OpenAiChatOptions options = OpenAiChatOptions.builder()
                .baseUrl(address + "/v1")
                .apiKey(key)
                .model(model)
                .build();
        return ChatClient.create(OpenAiChatModel.builder().options(options).build());
    }

    private static ChatClient anthropic(String address, String key, String model) {
        AnthropicChatOptions options = AnthropicChatOptions.builder()
                .baseUrl(address)
                .apiKey(key)
                .model(model)
                .maxTokens(1024)
                .build();
        return ChatClient.create(AnthropicChatModel.builder().options(options).build());
    }

    @Override
    public void run() {
        checks("spring-ai-openai", OpenAiChatModel.class, SpringAi::openai);
        checks("spring-ai-anthropic", AnthropicChatModel.class, SpringAi::anthropic);
    }

    private static void checks(String name, Class<?> type, Way way) {
        var checks = new Checks(name, type);
        ChatClient client = way.at(stage("base"), stage("key"), Checks.MODEL);
        checks.check("chat", () -> equal(
                Checks.COUNTED, client.prompt(Checks.COUNT).call().content()));
        checks.check("stream", () -> equal(Checks.COUNTED, streamed(client, Checks.COUNT)));
        checks.check("tools", () -> {
            var station = new Station();
            equal(Checks.SNOWS, client.prompt(Checks.WEATHER).tools(station).call().content());
            equal(List.of(Checks.CITY), station.asked);
        });
        checks.check("structured", () -> equal(
                new Person(Checks.ANN, 30), client.prompt(Checks.JSON).call().entity(Person.class)));
        checks.check("picture", () -> {
            var picture = new ByteArrayResource(Base64.getDecoder().decode(Checks.PNG));
            String answer = way.at(stage("base"), stage("key"), Checks.SEEING)
                    .prompt()
                    .user(user -> user.text(Checks.PICTURE).media(MimeTypeUtils.IMAGE_PNG, picture))
                    .call()
                    .content();
            equal(Checks.RED_DOT, answer);
        });
        checks.check("abort", () -> Checks.aborted(aborting -> client.prompt(Checks.SLOWLY)
                .stream()
                .content()
                .take(1)
                .doOnNext(piece -> aborting.run())
                .blockLast()));
        checks.check("broken stream", () -> Checks.fails(() -> streamed(client, Checks.BREAK_OFF)));
        checks.refused(401, () -> way.at(stage("base"), "sk-wrong", Checks.MODEL).prompt("Hi").call().content());
        checks.refused(404, () -> way.at(stage("base"), stage("key"), "unheard-of").prompt("Hi").call().content());
        checks.refused(400, () -> client.prompt()
                .user(user -> user.text(Checks.PICTURE).media(MimeTypeUtils.IMAGE_PNG, privatePicture()))
                .call()
                .content());
        checks.refusals(address -> way.at(address, stage("key"), Checks.MODEL).prompt("Hi").call().content());
    }

    private static URL privatePicture() {
        try {
            return URI.create(Checks.PRIVATE_PICTURE).toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String streamed(ChatClient client, String text) {
        return String.join("", client.prompt(text).stream().content().collectList().block());
    }
}
