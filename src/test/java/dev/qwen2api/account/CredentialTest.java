package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {

    private static final Instant END = Instant.parse("2026-12-01T00:00:00Z");

    @Test
    void cookies_are_replayed_in_the_browsers_order_with_their_values_untouched() {
        var credential =
                Credential.parse("cna=a=b==;token=t; ssxmod_itna=1-x#y ").orElseThrow();

        assertEquals("cna=a=b==; token=t; ssxmod_itna=1-x#y", credential.cookieHeader());
        assertEquals("t", credential.token());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ssxmod_itna=1", "token=", "token", "token=a\r\nX: y", "token=é"})
    void a_cookie_without_a_usable_token_is_none(String cookie) {
        assertTrue(Credential.parse(cookie).isEmpty());
    }

    @Test
    void the_token_tells_its_user_and_its_end() {
        var credential = TestAccounts.credential("u-1", END);

        assertEquals(Optional.of("u-1"), credential.userId());
        assertEquals(Optional.of(END), credential.expires());
        assertFalse(credential.expiredAt(END.minusSeconds(1)));
        assertTrue(credential.expiredAt(END));
    }

    @ParameterizedTest
    @ValueSource(strings = {"opaque", "a.b.c", "a.!!!.c", "a.e30.c", "..", "a.W10.c", "a.eyJleHAiOiJ4In0.c"})
    void an_opaque_token_tells_nothing_and_never_expires(String token) {
        var credential = Credential.parse("token=" + token).orElseThrow();

        assertEquals(Optional.empty(), credential.userId());
        assertFalse(credential.expiredAt(Instant.MAX));
    }

    @ParameterizedTest
    @ValueSource(longs = {253_402_300_800L, 31_556_889_864_403_198L, Long.MAX_VALUE})
    void a_token_that_claims_to_end_after_the_year_9999_does_not_say_when(long end) {
        String claims =
                Base64.getUrlEncoder().encodeToString(("{\"exp\":" + end + "}").getBytes(StandardCharsets.UTF_8));

        assertEquals(
                Optional.empty(),
                Credential.parse("token=a." + claims + ".c").orElseThrow().expires());
    }

    @Test
    void cookies_the_server_sets_replace_add_and_remove_but_never_remove_the_token() {
        var credential = Credential.parse("token=t; a=1; b=2").orElseThrow();

        var changed = credential.with(Map.of("a", "9", "b", "", "token", "", "acw_tc", "n"));

        assertEquals("token=t; a=9; acw_tc=n", changed.cookieHeader());
    }

    @Test
    void a_token_gives_way_only_to_a_token_of_the_same_user() {
        var session = Credential.parse("token=" + TestAccounts.token("u", END) + "; refresh_token=r")
                .orElseThrow();
        String fresh = TestAccounts.token("u", END.plusSeconds(1));
        String foreign = TestAccounts.token("v", END.plusSeconds(1));

        assertEquals(fresh, session.with(Map.of("token", fresh)).token());
        assertEquals(session, session.with(Map.of("token", "old")));
        assertEquals(session, session.with(Map.of("token", foreign, "refresh_token", "s")));
        assertEquals(
                "s", session.with(Map.of("token", fresh, "refresh_token", "s")).refreshToken());
    }

    @Test
    void a_jar_that_grows_too_large_keeps_what_the_owner_copied_and_what_came_last() {
        Credential jar = Credential.parse("cna=1; token=t; ssxmod_itna=2").orElseThrow();
        for (int i = 0; i < 200; i++) {
            jar = jar.with(Map.of("c" + i, "x"));
        }
        assertEquals(64, jar.cookieHeader().split(";", -1).length);
        assertTrue(jar.cookieHeader().startsWith("cna=1; token=t; ssxmod_itna=2; c139=x"), jar.cookieHeader());
        for (int i = 0; i < 10; i++) {
            jar = jar.with(Map.of("long" + i, "x".repeat(4000)));
        }
        assertTrue(jar.cookieHeader().length() <= 12 * 1024);
        assertTrue(jar.cookieHeader().contains("long9=") && jar.cookieHeader().contains("cna=1"));
    }

    @Test
    void it_never_prints_a_value() {
        assertEquals(
                "Credential[token, ssxmod_itna]",
                TestAccounts.credential("u", END).toString());
    }

    @ParameterizedTest(name = "a token of {0} with {1} left is near its end: {2}")
    @CsvSource({
        "?,     PT24H1S,  false",
        "?,     PT24H,    true",
        "?,     PT0S,     true",
        "?,     PT-1H,    true",
        "P30D,  PT24H1S,  false",
        "P30D,  PT24H,    true",
        "PT15M, PT3M1S,   false",
        "PT15M, PT3M,     true",
    })
    void a_token_is_near_its_end_in_its_last_day_or_the_last_fifth_of_a_short_life(
            String life, Duration left, boolean near) {
        Instant now = END.minus(left);
        String begin = life.equals("?")
                ? ""
                : ",\"iat\":" + END.minus(Duration.parse(life)).getEpochSecond();
        String claims = "{\"id\":\"u\",\"exp\":" + END.getEpochSecond() + begin + "}";
        String token = "h." + Base64.getUrlEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".s";

        assertEquals(near, Credential.parse("token=" + token).orElseThrow().nearEndAt(now));
    }

    @Test
    void a_token_without_an_end_is_never_near_it() {
        assertFalse(Credential.parse("token=opaque").orElseThrow().nearEndAt(Instant.MAX));
    }

    @Test
    void a_refused_renewal_is_not_tried_again_until_there_is_another_refresh_token() {
        var session = Credential.parse("token=t; refresh_token=r").orElseThrow();
        var refused = session.withoutRenewal();

        assertTrue(session.isRenewable());
        assertFalse(refused.isRenewable());
        assertNotEquals(session, refused);
        assertEquals(session.cookieHeader(), refused.cookieHeader());
        assertFalse(refused.with(Map.of("acw_tc", "1", "token", "u")).isRenewable());
        assertTrue(refused.with(Map.of("refresh_token", "s")).isRenewable());
        assertFalse(session.with(Map.of("refresh_token", "")).isRenewable());
    }

    @Test
    void a_jar_that_the_upstream_fills_stays_small_and_keeps_what_the_owner_pasted() {
        Credential credential = TestAccounts.credential("u-1", END);
        String pasted = credential.cookieHeader();
        for (int reply = 0; reply < 12; reply++) {
            var changes = new LinkedHashMap<String, String>();
            for (int i = 0; i < 90; i++) {
                changes.put("c" + reply + "-" + i, "x".repeat(4096));
            }
            credential = credential.with(changes);
        }
        assertTrue(
                credential.cookieHeader().length() <= 12 * 1024,
                credential.cookieHeader().length() + " characters");
        assertTrue(credential.cookieHeader().startsWith(pasted), "what was pasted stays");
        assertTrue(credential.cookieHeader().contains("c11-89="), "the newest stay");

        for (int i = 0; i < 300; i++) {
            credential = credential.with(Map.of("s" + i, "1"));
        }
        assertEquals(64, credential.cookieHeader().split("; ").length);
        assertTrue(credential.cookieHeader().contains("s299=1"));
        assertTrue(credential.cookieHeader().startsWith(pasted));
    }

    @Test
    void a_token_is_replaced_only_by_one_of_the_same_user() {
        Credential credential = TestAccounts.credential("u-1", END);
        String next = TestAccounts.token("u-1", END.plusSeconds(60));

        assertEquals(credential, credential.with(Map.of("token", "garbage")));
        assertEquals(credential, credential.with(Map.of("token", TestAccounts.token("u-2", END))));
        assertEquals(next, credential.with(Map.of("token", next)).token());
    }
}
