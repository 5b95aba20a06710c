package clients.spring;

import static clients.Checks.equal;
import static clients.Checks.stage;

import clients.Checks;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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

    private static ChatClient at(String address, String key, String model) {
        OpenAiChatOptions options = OpenAiChatOptions.builder()
                .baseUrl(address + "/v1")
                .apiKey(key)
                .model(model)
                .build();
        return ChatClient.create(OpenAiChatModel.builder().options(options).build());
    }

    @Override
    public void run() {
        var checks = new Checks("spring-ai-openai", OpenAiChatModel.class);
        ChatClient client = at(stage("base"), stage("key"), Checks.MODEL);
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
            String answer = at(stage("base"), stage("key"), Checks.SEEING)
                    .prompt()
                    .user(user -> user.text(Checks.PICTURE).media(MimeTypeUtils.IMAGE_PNG, picture))
                    .call()
                    .content();
            equal(Checks.RED_DOT, answer);
        });
        checks.check("broken stream", () -> Checks.fails(() -> streamed(client, Checks.BREAK_OFF)));
        checks.refused(401, () -> at(stage("base"), "sk-wrong", Checks.MODEL).prompt("Hi").call().content());
        checks.refused(404, () -> at(stage("base"), stage("key"), "unheard-of").prompt("Hi").call().content());
        checks.refused(429, () -> at(stage("quota"), stage("key"), Checks.MODEL).prompt("Hi").call().content());
        checks.refused(503, () -> at(stage("down"), stage("key"), Checks.MODEL).prompt("Hi").call().content());
    }

    private static String streamed(ChatClient client, String text) {
        return String.join("", client.prompt(text).stream().content().collectList().block());
    }
}
