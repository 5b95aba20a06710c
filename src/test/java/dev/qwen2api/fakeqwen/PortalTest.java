package dev.qwen2api.fakeqwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.FakeOauth.Grant;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortalTest {
    private static final String CLIENT = "client_id=f0304373b74a44d2b584a3fb70ca9e56";
    private static final String DEVICE = "grant_type=urn:ietf:params:oauth:grant-type:device_code&" + CLIENT;
    private static final String VERIFIER = "a-verifier-of-some-length-that-nobody-guesses";

    private final FakeQwen fake = FakeQwen.start();
    private final String user = fake.accounts().newUser();
    private final Browser browser = new Browser(fake, user);

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void the_device_flow_waits_for_the_owner_and_ends_in_tokens() throws Exception {
        JsonNode device = form(
                "/api/v1/oauth2/device/code",
                CLIENT + "&scope=openid&code_challenge_method=S256&code_challenge=" + FakeOauth.challenge(VERIFIER));
        String poll = DEVICE + "&device_code=" + device.path("device_code").asText() + "&code_verifier=" + VERIFIER;
        fake.oauth().slowDown(1);
        assertEquals(
                "slow_down", form("/api/v1/oauth2/token", poll).path("error").asText());
        assertEquals(
                "authorization_pending",
                form("/api/v1/oauth2/token", poll).path("error").asText());
        JsonNode approval = browser.post(
                "/api/v2/oauth2/authorize",
                "{\"approved\":true,\"user_code\":\"" + device.path("user_code").asText() + "\"}");
        assertTrue(approval.path("success").asBoolean());
        assertEquals(
                "invalid_grant",
                form("/api/v1/oauth2/token", poll + "x").path("error").asText());
        JsonNode tokens = form("/api/v1/oauth2/token", poll);
        assertEquals("success", tokens.path("status").asText());
        assertEquals(fake.baseUrl(), tokens.path("resource_url").asText());
        assertEquals(
                "expired_token",
                form("/api/v1/oauth2/token", poll).path("error").asText());
    }

    @Test
    void a_refresh_spends_its_token() throws Exception {
        Grant grant = fake.oauth().issue(user);
        String refresh = "grant_type=refresh_token&" + CLIENT + "&refresh_token=" + grant.refreshToken();
        assertNotEquals(
                grant.accessToken(),
                form("/api/v1/oauth2/token", refresh).path("access_token").asText());
        assertEquals(
                "invalid_request",
                form("/api/v1/oauth2/token", refresh).path("error").asText());
    }

    @Test
    void the_portal_streams_native_tool_calls_and_usage_and_done() throws Exception {
        fake.script()
                .queueFor(
                        user,
                        Answer.empty().call("call_1", "look", "{\"at\":\"it\"}").usage(7, 3));
        String body = ask(fake.oauth().issue(user).accessToken(), true).body();
        assertTrue(
                body.contains("\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":"
                        + "{\"name\":\"look\",\"arguments\":\"{\\\"at\\\"\"}}]"),
                body);
        assertTrue(body.contains("\"finish_reason\":\"tool_calls\""));
        assertTrue(body.contains("\"choices\":[],\"usage\":{\"prompt_tokens\":7"));
        assertTrue(body.endsWith("data: [DONE]\n\n"));
        assertEquals(
                Completion.Outcome.FINISHED,
                fake.recorder().completions(user).get(0).outcome());
    }

    @Test
    void the_portal_answers_in_one_piece_too() throws Exception {
        fake.script().queue(Answer.text("all of it").think("hm"));
        JsonNode whole =
                Json.read(ask(fake.oauth().issue(user).accessToken(), false).body());
        assertEquals("all of it", whole.at("/choices/0/message/content").asText());
        assertEquals("hm", whole.at("/choices/0/message/reasoning_content").asText());
    }

    @Test
    void a_dead_token_an_uncached_system_text_and_a_spent_quota_are_refused() throws Exception {
        Grant grant = fake.oauth().issue(user);
        fake.faults().add(PortalFaults.insufficientQuota429().once().forAccount(user));
        assertEquals(429, ask(grant.accessToken(), true).statusCode());
        assertEquals(200, ask(grant.accessToken(), true).statusCode());
        fake.oauth().expire(grant.accessToken());
        HttpResponse<String> dead = ask(grant.accessToken(), true);
        assertEquals(401, dead.statusCode());
        assertTrue(dead.body().contains("invalid_api_key"));
        String plain = "{\"model\":\"coder-model\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        assertEquals(400, post(fake.oauth().issue(user).accessToken(), plain).statusCode());
        fake.oauth().allowKey("sk-official");
        assertEquals(200, post("sk-official", plain).statusCode());
    }

    private HttpResponse<String> ask(String token, boolean stream) throws Exception {
        return post(
                token,
                "{\"model\":\"coder-model\",\"stream\":" + stream + ",\"stream_options\":{\"include_usage\":true},"
                        + "\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"s\","
                        + "\"cache_control\":{\"type\":\"ephemeral\"}}]},{\"role\":\"user\",\"content\":\"hi\"}]}");
    }

    private HttpResponse<String> post(String token, String body) throws Exception {
        return browser.send(HttpRequest.newBuilder(URI.create(fake.baseUrl() + "/v1/chat/completions"))
                .header("authorization", "Bearer " + token)
                .POST(BodyPublishers.ofString(body)));
    }

    private JsonNode form(String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(fake.baseUrl() + path))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body));
        return Json.read(browser.send(request).body());
    }
}
