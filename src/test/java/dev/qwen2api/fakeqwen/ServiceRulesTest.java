package dev.qwen2api.fakeqwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceRulesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final FakeQwen fake = FakeQwen.start();
    private final String user = fake.accounts().newUser();
    private final Browser browser = new Browser(fake, user);

    @AfterEach
    void close() {
        fake.close();
    }

    @ParameterizedTest
    @CsvSource({
        "x-request-id, text/html; charset=utf-8, aliyun_waf_aa",
        "source, application/json;charset=utf-8, FAIL_SYS_USER_VALIDATE",
        "version, application/json, Internal error...",
        "content-type, application/json, RequestValidationError",
    })
    void a_missing_header_is_punished_under_status_200(String missing, String type, String sign) throws Exception {
        ObjectNode question = browser.question(browser.newChat(), "hi");
        HttpRequest whole = browser.completion(question).build();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(whole.uri()).POST(BodyPublishers.ofString(question.toString()));
        whole.headers().map().forEach((name, values) -> {
            if (!name.equals(missing)) {
                request.header(name, values.get(0));
            }
        });
        HttpResponse<String> response = browser.send(request);
        assertEquals(200, response.statusCode());
        assertEquals(type, response.headers().firstValue("content-type").orElse(""));
        assertTrue(response.body().contains(sign), response.body());
    }

    @Test
    void an_expired_token_is_refused_in_the_envelope_and_no_token_by_status_too() throws Exception {
        String expired = FakeTokens.mint(user, Instant.now().minusSeconds(1));
        HttpRequest.Builder old = browser.request("/api/v2/chats/new")
                .setHeader("authorization", "Bearer " + expired)
                .POST(BodyPublishers.ofString("{}"));
        HttpResponse<String> refused = browser.send(old);
        assertEquals(200, refused.statusCode());
        assertEquals("401", refused.headers().firstValue("x-actual-status-code").orElse(""));
        assertEquals(
                "Token has expired",
                Json.read(refused.body()).at("/data/details").asText());
        HttpRequest.Builder none = HttpRequest.newBuilder(URI.create(fake.baseUrl() + "/api/v2/chats/new"))
                .POST(BodyPublishers.ofString("{}"));
        assertEquals(401, browser.send(none).statusCode());
    }

    @Test
    void a_revoked_token_is_dead_before_its_time() throws Exception {
        fake.accounts().revoke(fake.accounts().token(user));
        assertEquals(401, browser.send(browser.request("/api/v1/auths/").GET()).statusCode());
    }

    @Test
    void the_chat_of_another_account_does_not_exist() throws Exception {
        String foreign = new Browser(fake, fake.accounts().newUser()).newChat();
        JsonNode refusal =
                Json.read(browser.ask(browser.question(foreign, "hi")).body());
        assertEquals(
                "Invalid input the chat " + foreign + " is not exist",
                refusal.at("/data/details").asText());
    }

    @Test
    void more_than_one_message_is_too_many() throws Exception {
        ObjectNode question = browser.question(browser.newChat(), "hi");
        question.withArray("messages").add(question.path("messages").path(0).deepCopy());
        assertTrue(browser.ask(question).body().contains("Invalid input too many messages."));
    }

    @Test
    void an_unknown_parent_and_an_unknown_model_are_refused() throws Exception {
        ObjectNode question = browser.question(browser.newChat(), "hi");
        assertTrue(
                browser.ask(question.deepCopy().put("parent_id", "gone")).body().contains("parent_id gone not exist"));
        fake.models().retire("qwen3.7-plus");
        assertTrue(browser.ask(question).body().contains("Model not found"));
    }

    @Test
    void a_model_that_must_think_refuses_not_to_inside_the_stream() throws Exception {
        ObjectNode question = browser.question(browser.newChat(), "hi").put("model", "qwen3.8-max-preview");
        HttpResponse<String> response = browser.ask(question);
        assertTrue(response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream"));
        assertTrue(response.body().startsWith("data: {\"error\": {\"code\": \"invalid_input\", \"details\": "));
    }

    @Test
    void the_next_turn_chains_on_the_response_id_and_the_record_shows_the_path() throws Exception {
        String chat = browser.newChat();
        browser.ask(browser.question(chat, "echo: one"));
        String first = fake.recorder().completions().get(0).responseId();
        browser.ask(browser.question(chat, "echo: two").put("parent_id", first));
        String second = fake.recorder().completions().get(1).responseId();
        JsonNode record = browser.get("/api/v2/chats/" + chat).path("data");
        assertEquals(second, record.path("currentId").asText());
        JsonNode messages = record.at("/chat/history/messages");
        assertEquals("two", messages.path(second).at("/content_list/0/content").asText());
        String question = messages.path(second).path("parentId").asText();
        assertEquals(first, messages.path(question).path("parentId").asText());
        assertEquals(question, messages.path(first).at("/childrenIds/0").asText());
        assertEquals(
                "echo: two", browser.get("/api/v2/chats/").at("/data/0/title").asText());
    }

    @Test
    void a_chat_whose_client_left_stays_busy_until_it_is_stopped() throws Exception {
        String chat = browser.newChat();
        fake.script().queue(Answer.empty().chunks("a", "b").delayPerChunk(Duration.ofSeconds(30)));
        InputStream left = browser.open(browser.question(chat, "hi"));
        Completion completion = fake.recorder().awaitCompletion(1, SOON);
        assertTrue(fake.recorder().awaitRunning(user, 1, SOON));
        left.close();
        assertTrue(completion.awaitClientClosed(SOON));
        assertTrue(browser.ask(browser.question(chat, "again")).body().contains("The chat is in progress!"));
        assertEquals(1, fake.recorder().running(user));
        JsonNode stop = browser.post("/api/v2/chat/completions/stop?chat_id=" + chat, "{\"chat_id\":\"" + chat + "\"}");
        assertTrue(stop.path("success").asBoolean());
        assertTrue(completion.awaitStop(SOON));
        assertEquals(0, fake.recorder().running(user));
        assertFalse(browser.ask(browser.question(chat, "again")).body().contains("in progress"));
        assertEquals(1, fake.recorder().maxRunning(user));
    }

    @Test
    void a_stop_ends_a_stream_that_is_still_listened_to() throws Exception {
        String chat = browser.newChat();
        fake.script().queue(Answer.empty().chunks("a", "b").delayPerChunk(Duration.ofMillis(300)));
        InputStream stream = browser.open(browser.question(chat, "hi"));
        Completion completion = fake.recorder().awaitCompletion(1, SOON);
        assertTrue(completion.awaitTextFrames(1, SOON));
        browser.post("/api/v2/chat/completions/stop?chat_id=" + chat, "{}");
        assertFalse(new String(stream.readAllBytes(), StandardCharsets.UTF_8).contains("finished"));
        assertEquals(Completion.Outcome.STOPPED, completion.outcome());
    }

    @Test
    void a_chat_record_can_appear_late() throws Exception {
        FakeQwenOptions late = FakeQwenOptions.standard().withRecordsAppearingAfter(Duration.ofHours(1));
        try (FakeQwen slow = FakeQwen.start(late)) {
            Browser page = new Browser(slow, user);
            String chat = page.newChat();
            page.ask(page.question(chat, "echo: one"));
            assertEquals(
                    "", page.get("/api/v2/chats/" + chat).at("/data/currentId").asText());
            page.ask(page.question(chat, "echo: two")
                    .put("parent_id", slow.recorder().completions().get(0).responseId()));
            assertEquals(
                    Completion.Outcome.FINISHED,
                    slow.recorder().completions().get(1).outcome());
        }
    }

    @Test
    void a_deleted_chat_is_gone_and_remembered() throws Exception {
        String chat = browser.newChat();
        assertEquals(1, fake.chats().alive(user).size());
        assertTrue(browser.delete("/api/v2/chats/" + chat).at("/data/status").asBoolean());
        assertTrue(fake.recorder().awaitDeleted(chat, SOON));
        assertEquals(0, fake.chats().alive(user).size());
        assertEquals(
                "Not_Found",
                browser.delete("/api/v2/chats/" + chat).at("/data/code").asText());
    }

    @Test
    void models_come_bare_and_in_the_envelope_and_without_a_session_only_some_of_them() throws Exception {
        HttpRequest.Builder bare = HttpRequest.newBuilder(URI.create(fake.baseUrl() + "/api/models"));
        JsonNode open = Json.read(browser.send(bare).body()).path("data");
        assertEquals(
                fake.models().openIds(),
                open.findValuesAsText("id").stream().distinct().toList());
        JsonNode list = browser.get("/api/models").path("data");
        assertEquals(
                fake.models().ids(),
                list.findValuesAsText("id").stream().distinct().toList());
        assertEquals("qwen3.7-plus", list.path(0).path("id").asText());
        assertTrue(list.path(0).at("/info/meta/capabilities/vision").asBoolean());
        assertFalse(list.path(2).at("/info/meta/think_skip/enable").asBoolean(true));
        assertEquals(list, browser.get("/api/v2/models/").at("/data/data"));
    }

    @Test
    void text_without_streaming_is_well_formed_and_says_nothing() throws Exception {
        JsonNode reply =
                Json.read(browser.ask(browser.question(browser.newChat(), "hi").put("stream", false))
                        .body());
        assertTrue(reply.path("success").asBoolean());
        assertEquals("", reply.at("/data/messages/0/content").asText());
    }

    @Test
    void recorded_requests_carry_headers_body_and_account() throws Exception {
        browser.ask("hi");
        Request seen = fake.recorder().last(Endpoint.COMPLETIONS).orElseThrow();
        assertEquals("0.2.87", seen.header("Version").orElse(""));
        assertEquals(user, seen.userId().orElse(""));
        assertEquals("hi", seen.json().at("/messages/0/content").asText());
        assertEquals("POST /api/v2/chat/completions", seen.toString());
    }

    @Test
    void memory_settings_are_kept() throws Exception {
        browser.post("/api/v2/users/user/settings/update", "{\"memory\":{\"enable_memory\":false}}");
        assertFalse(browser.get("/api/v2/users/user/settings")
                .at("/data/memory/enable_memory")
                .asBoolean(true));
        assertTrue(browser.post("/api/v2/users/status", "{}").path("data").asBoolean());
        assertTrue(browser.post("/api/v2/memories/delete", "{\"forget_all\":true}")
                .path("success")
                .asBoolean());
    }
}
