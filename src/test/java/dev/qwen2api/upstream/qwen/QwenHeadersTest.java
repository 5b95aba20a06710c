package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.Credential;
import dev.qwen2api.account.MovableClock;
import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QwenHeadersTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-04T09:24:38Z"), ZoneId.of("Asia/Shanghai"));
    private static final String WINDOWS =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                    + " Chrome/142.0.0.0 Safari/537.36";
    private static final Credential SESSION =
            Credential.parse("cna=1; token=eyJx.eyJ5.z; ssxmod_itna=1-a").orElseThrow();

    private static HttpHeaders dressed(Settings.Headers settings) {
        return new QwenHeaders(settings, CLOCK)
                .request(URI.create("http://127.0.0.1/x"), "/c/new-chat", SESSION)
                .build()
                .headers();
    }

    private static HttpHeaders dressed(String agent) {
        return dressed(new Settings.Headers(agent, "0.2.87", Map.of()));
    }

    private static void assertHeader(String value, HttpHeaders headers, String name) {
        assertEquals(value, headers.firstValue(name).orElse("(none)"), name);
    }

    @Test
    void a_request_carries_what_the_web_app_sends() {
        HttpHeaders headers = dressed(WINDOWS);
        assertHeader("Bearer eyJx.eyJ5.z", headers, "Authorization");
        assertHeader("cna=1; token=eyJx.eyJ5.z; ssxmod_itna=1-a", headers, "Cookie");
        assertHeader("web", headers, "source");
        assertHeader("0.2.87", headers, "version");
        assertHeader("Wed Mar 04 2026 17:24:38 GMT+0800", headers, "timezone");
        assertHeader("https://chat.qwen.ai", headers, "Origin");
        assertHeader("https://chat.qwen.ai/c/new-chat", headers, "Referer");
        assertHeader("application/json, text/plain, */*", headers, "Accept");
        assertHeader("same-origin", headers, "sec-fetch-site");
        assertHeader(WINDOWS, headers, "User-Agent");
        assertTrue(headers.map().keySet().stream().noneMatch(name -> name.startsWith("bx-")), "nothing is made up");
    }

    @Test
    void every_request_has_the_time_at_which_it_is_sent() {
        var clock = new MovableClock(Instant.parse("2026-03-04T23:59:58.900Z"), ZoneOffset.UTC);
        var headers = new QwenHeaders(new Settings.Headers(WINDOWS, "0.2.87", Map.of()), clock);
        for (String time :
                List.of("Wed Mar 04 2026 23:59:58", "Wed Mar 04 2026 23:59:59", "Thu Mar 05 2026 00:00:00")) {
            HttpHeaders sent = headers.request(URI.create("http://127.0.0.1/x"), "/", SESSION)
                    .build()
                    .headers();
            assertHeader(time + " GMT+0000", sent, "timezone");
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void every_request_has_an_id_of_its_own() {
        String one = dressed(WINDOWS).firstValue("x-request-id").orElseThrow();
        String two = dressed(WINDOWS).firstValue("x-request-id").orElseThrow();
        assertNotEquals(UUID.fromString(one), UUID.fromString(two));
    }

    @ParameterizedTest
    @CsvSource({
        "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36, Windows, ?0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/142.0.0.0 Safari/537.36, macOS, ?0",
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36, Linux, ?0",
        "Mozilla/5.0 (Linux; Android 15) Chrome/142.0.0.0 Mobile Safari/537.36, Android, ?1",
    })
    void a_chrome_names_its_version_and_platform_twice_and_the_same(String agent, String platform, String mobile) {
        HttpHeaders headers = dressed(agent);
        assertTrue(headers.firstValue("sec-ch-ua").orElse("").contains("\"Google Chrome\";v=\"142\""));
        assertHeader("\"" + platform + "\"", headers, "sec-ch-ua-platform");
        assertHeader(mobile, headers, "sec-ch-ua-mobile");
    }

    @Test
    void another_browser_sends_no_hints_that_only_chrome_knows() {
        HttpHeaders headers = dressed("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        assertTrue(headers.map().keySet().stream().noneMatch(name -> name.startsWith("sec-ch-ua")));
    }

    @Test
    void the_owners_headers_win_in_any_spelling_and_are_not_told() {
        var settings = new Settings.Headers(
                WINDOWS, "0.2.87", Map.of("VERSION", new Secret("9.9"), "bx-umidtoken", new Secret("T2gAsecret")));
        HttpHeaders headers = dressed(settings);
        assertEquals(1, headers.allValues("version").size());
        assertHeader("9.9", headers, "version");
        assertHeader("T2gAsecret", headers, "bx-umidtoken");
        assertFalse(settings.toString().contains("secret"), settings.toString());
    }

    @Test
    void a_renewal_goes_to_another_host_of_the_same_site_whatever_the_owner_adds() {
        var settings = new Settings.Headers(
                WINDOWS, "0.2.87", Map.of("sec-fetch-site", new Secret("same-origin"), "x-more", new Secret("1")));
        HttpHeaders headers = new QwenHeaders(settings, CLOCK)
                .renewal(URI.create("http://127.0.0.1/x"), SESSION)
                .build()
                .headers();
        assertHeader("cna=1; token=eyJx.eyJ5.z; ssxmod_itna=1-a", headers, "Cookie");
        assertHeader("same-site", headers, "sec-fetch-site");
        assertHeader("https://chat.qwen.ai", headers, "x-request-origin");
        assertHeader("web", headers, "source");
        assertHeader("0.2.87", headers, "version");
        assertHeader("1", headers, "x-more");
        assertHeader("(none)", headers, "Authorization");
    }
}
