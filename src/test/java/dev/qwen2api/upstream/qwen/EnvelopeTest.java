package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Role;
import dev.qwen2api.chat.ResolvedConversation;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvelopeTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant NOW = Instant.ofEpochMilli(1_790_356_329_123L);
    private static final String CHAT = "c0ffee00-0000-4000-8000-000000000001";

    private static JsonNode completion(ResolvedConversation resolvedConversation, boolean thinking) throws IOException {
        return JSON.readTree(WebRequestWriter.completion(
                new Prompt(
                        resolvedConversation,
                        PromptMessage.whole("second \"question\" 二"),
                        List.of(),
                        thinking,
                        Optional.empty()),
                List.of(),
                CHAT,
                NOW));
    }

    @Test
    void a_first_turn_is_written_as_the_web_app_writes_it() throws IOException {
        ObjectNode body = (ObjectNode) completion(Questions.of("x"), false);
        ObjectNode message = (ObjectNode) body.path("messages").path(0);
        UUID fid = UUID.fromString(message.path("fid").asText());
        assertNotEquals(fid, UUID.fromString(message.path("childrenIds").path(0).asText()));
        message.put("fid", "FID");
        message.putArray("childrenIds").add("CHILD");
        assertEquals(JSON.readTree("""
                {"stream":true,"version":"2.1","incremental_output":true,
                 "chatId":"c0ffee00-0000-4000-8000-000000000001","parentId":"",
                 "chat_id":"c0ffee00-0000-4000-8000-000000000001","chat_mode":"normal","model":"qwen3.7-plus",
                 "parent_id":null,
                 "messages":[{"id":null,"fid":"FID","parentId":null,"parent_id":null,"childrenIds":["CHILD"],
                   "role":"user","content":"second \\"question\\" 二","user_action":"chat","files":[],"timestamp":1790356329,
                   "models":["qwen3.7-plus"],"model":"","chat_type":"t2t","sub_chat_type":"t2t",
                   "feature_config":{"thinking_enabled":false,"output_schema":"phase","research_mode":"normal",
                                     "auto_thinking":false,"thinking_mode":"Fast","thinking_format":"summary",
                                     "auto_search":false},
                   "extra":{"meta":{"subChatType":"t2t"}}}],
                 "timestamp":1790356330}
                """), body);
    }

    @ParameterizedTest
    @CsvSource({"true, Thinking, true", "false, Fast, false"})
    void thinking_and_its_budget_are_asked_for_together(boolean thinking, String mode, boolean budgeted)
            throws IOException {
        JsonNode features = completion(Questions.thinking("x", OptionalInt.of(4096)), thinking)
                .path("messages")
                .path(0)
                .path("feature_config");
        assertEquals(thinking, features.path("thinking_enabled").asBoolean());
        assertEquals(mode, features.path("thinking_mode").asText());
        assertEquals(budgeted, features.path("thinking_budget").asInt() == 4096);
    }

    @ParameterizedTest
    @CsvSource({"TEXT, t2t", "SEARCH, search", "IMAGE, t2i", "IMAGE_EDIT, image_edit", "VIDEO, t2v"})
    void the_kind_of_answer_is_named_in_every_place(ChatType type, String wire) throws IOException {
        ResolvedConversation resolvedConversation = Questions.ofType(type, Message.of(Role.USER, "x"));
        JsonNode body = completion(resolvedConversation, false);
        JsonNode message = body.path("messages").path(0);
        assertEquals(wire, message.path("chat_type").asText());
        assertEquals(wire, message.path("sub_chat_type").asText());
        assertEquals(
                wire, message.path("extra").path("meta").path("subChatType").asText());
        assertEquals("16:9", body.path("size").asText());
        assertEquals(
                wire,
                JSON.readTree(WebRequestWriter.newChat(Questions.prompt(resolvedConversation), NOW))
                        .path("chat_type")
                        .asText());
    }

    @Test
    void a_new_chat_is_asked_for_in_milliseconds() throws IOException {
        assertEquals(JSON.readTree("""
                {"title":"New Chat","models":["qwen3.7-plus"],"chat_mode":"normal","chat_type":"t2t",
                 "timestamp":1790356329123,"project_id":"","chatId":""}"""), JSON.readTree(WebRequestWriter.newChat(Questions.prompt("x"), NOW)));
    }

    @Test
    void a_stop_names_the_response_where_it_is_known() throws IOException {
        assertEquals(
                JSON.readTree("{\"chat_id\":\"c\",\"response_id\":\"r\"}"),
                JSON.readTree(WebRequestWriter.stop("c", "r")));
        assertEquals(JSON.readTree("{\"chat_id\":\"c\"}"), JSON.readTree(WebRequestWriter.stop("c", "")));
    }
}
