package dev.qwen2api.upstream.compatible;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.AnswerFormat;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.Tool;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.ResolvedConversation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibleRequestWriterTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Message HI = Message.of(Role.USER, "hi");
    private static final Tool LOOK = new Tool("look", "", "{\"type\":\"object\"}");

    private static JsonNode written(Message message, ToolChoice choice, Options options) throws Exception {
        var conversation = new Conversation("m", List.of(message), List.of(LOOK), choice, options);
        return JSON.readTree(CompatibleRequestWriter.body(new ResolvedConversation(
                        conversation, "model", ChatType.TEXT, false, OptionalInt.empty(), Optional.empty()))
                .toString());
    }

    @Test
    void every_option_has_its_field() throws Exception {
        var options = new Options(
                Optional.of(ChatType.SEARCH),
                Optional.of(false),
                OptionalInt.of(9),
                Optional.empty(),
                List.of("END"),
                OptionalInt.of(5),
                new AnswerFormat(AnswerFormat.Kind.JSON_SCHEMA, "{\"type\":\"object\"}"),
                Map.of("temperature", "0.5", "logit_bias", "{\"1\":2}"),
                true,
                false,
                true);
        JsonNode body = written(HI, ToolChoice.AUTO, options);
        assertEquals(
                JSON.readTree(
                        "{\"model\":\"model\",\"temperature\":0.5,\"logit_bias\":{\"1\":2},"
                                + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"type\":\"function\","
                                + "\"function\":{\"name\":\"look\",\"parameters\":{\"type\":\"object\"}}}],\"enable_search\":true,"
                                + "\"enable_thinking\":false,\"thinking_budget\":9,\"max_tokens\":5,\"stop\":[\"END\"],"
                                + "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\","
                                + "\"schema\":{\"type\":\"object\"}}},\"stream\":true,\"stream_options\":{\"include_usage\":true}}"),
                body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NONE     | \"none\"",
                "REQUIRED | \"required\"",
                "NAMED    | {\"type\":\"function\",\"function\":{\"name\":\"look\"}}",
            })
    void a_choice_of_tools_is_openais_own(ToolChoice.Mode mode, String written) throws Exception {
        var choice = new ToolChoice(mode, mode == ToolChoice.Mode.NAMED ? "look" : "");
        assertEquals(JSON.readTree(written), written(HI, choice, Options.NONE).path("tool_choice"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "IMAGE | https://x.example/a.png | {\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x.example/a.png\"}}",
                "IMAGE | iVBORw0K | {\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0K\"}}",
                "VIDEO | data:video/mp4;base64,AAAA | {\"type\":\"video_url\",\"video_url\":{\"url\":\"data:video/mp4;base64,AAAA\"}}",
                "AUDIO | UklGRg== | {\"type\":\"input_audio\",\"input_audio\":{\"data\":\"data:;base64,UklGRg==\",\"format\":\"wav\"}}",
                "FILE  | data:text/plain;base64,AA== | {\"type\":\"file\",\"file\":{\"filename\":\"n\","
                        + "\"file_data\":\"data:text/plain;base64,AA==\"}}",
            })
    void attachments_go_up_as_the_client_wrote_them(MediaType type, String data, String part) throws Exception {
        Message.Part media = Media.of(type, data, "n", "messages[0]");
        var message = new Message(Role.USER, List.of(new Message.Text("see"), media), List.of(), "");
        JsonNode content = written(message, ToolChoice.AUTO, Options.NONE).at("/messages/0/content");
        assertEquals(JSON.readTree("{\"type\":\"text\",\"text\":\"see\"}"), content.path(0));
        assertEquals(JSON.readTree(part), content.path(1));
    }
}
