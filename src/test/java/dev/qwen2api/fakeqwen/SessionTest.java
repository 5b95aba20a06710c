package dev.qwen2api.fakeqwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final FakeQwen fake = FakeQwen.start();
    private final String user = fake.accounts().newUser();
    private final Browser browser = new Browser(fake, user);

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void a_thirty_day_token_says_id_password_change_and_expiry_only() {
        String token = FakeTokens.mint(user, Instant.ofEpochSecond(1_790_000_000));
        JsonNode claims = Json.read(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
        assertEquals(List.of("id", "last_password_change", "exp"), List.copyOf(names(claims)));
        assertEquals(209, token.length(), 5);
        assertEquals(
                Instant.ofEpochSecond(1_790_000_000),
                FakeTokens.read(token).orElseThrow().expiry());
    }

    @Test
    void signing_in_wants_the_hash_of_the_password() throws Exception {
        fake.accounts().allowSignIn(user, "a@example.test", "secret");
        String hash = HexFormat.of().formatHex(FakeTokens.sha256("secret"));
        JsonNode record = browser.post("/api/v1/auths/signin", signIn(hash));
        assertEquals(
                user,
                FakeTokens.read(record.path("token").asText()).orElseThrow().userId());
        JsonNode refusal = browser.post("/api/v1/auths/signin", signIn("secret"));
        assertTrue(refusal.path("detail").asText().contains("incorrect"));
    }

    @Test
    void a_renewal_rotates_the_refresh_token_and_gives_fifteen_minutes() throws Exception {
        String refresh = fake.accounts().refreshToken(user);
        HttpResponse<String> first = browser.send(renewal(refresh));
        JsonNode data = Json.read(first.body()).path("data");
        FakeTokens.Claims claims =
                FakeTokens.read(data.path("access_token").asText()).orElseThrow();
        assertEquals(user, claims.userId());
        assertTrue(claims.expiry().isBefore(Instant.now().plus(Duration.ofMinutes(16))));
        assertEquals(claims.expiry().getEpochSecond(), data.path("expires_at").asLong());
        assertNotEquals(refresh, data.path("refresh_token").asText());
        List<String> cookies = first.headers().allValues("set-cookie");
        assertTrue(cookies.stream()
                .anyMatch(c -> c.startsWith("token=" + data.path("access_token").asText())));
        assertTrue(cookies.stream().anyMatch(c -> c.startsWith("refresh_token=") && c.contains("HttpOnly")));
        assertEquals(
                "Unauthorized",
                Json.read(browser.send(renewal(refresh)).body())
                        .at("/data/code")
                        .asText());
    }

    @Test
    void a_renewal_without_the_page_s_headers_is_turned_away() throws Exception {
        HttpRequest.Builder bare = HttpRequest.newBuilder(URI.create(fake.baseUrl() + "/api/v2/auths/refresh"))
                .header("cookie", "refresh_token=" + fake.accounts().refreshToken(user));
        assertEquals("Invalid request header", browser.send(bare).body());
    }

    @Test
    void the_firewall_s_cookie_is_handed_out_once() throws Exception {
        HttpResponse<String> first = browser.send(browser.request("/api/models"));
        String cookie = first.headers().firstValue("set-cookie").orElse("");
        assertTrue(cookie.startsWith("acw_tc="));
        HttpRequest.Builder again = browser.request("/api/models").setHeader("cookie", cookie.split(";", -1)[0]);
        assertTrue(browser.send(again).headers().firstValue("set-cookie").isEmpty());
    }

    @Test
    void a_cookie_line_holds_a_living_token_and_a_refresh_token() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(fake.baseUrl() + "/api/v1/auths/"))
                .header("cookie", fake.accounts().cookie(user));
        assertEquals(user, Json.read(browser.send(request).body()).path("id").asText());
    }

    private HttpRequest.Builder renewal(String refreshToken) {
        return browser.request("/api/v2/auths/refresh")
                .setHeader("cookie", "refresh_token=" + refreshToken)
                .header("x-request-origin", "web")
                .header("sec-fetch-site", "same-site");
    }

    private static String signIn(String password) {
        return "{\"email\":\"a@example.test\",\"password\":\"" + password + "\"}";
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new java.util.ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
