package dev.qwen2api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    void it_never_prints_a_value() {
        assertEquals(
                "Credential[token, ssxmod_itna]",
                TestAccounts.credential("u", END).toString());
    }
}
