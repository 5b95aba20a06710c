package dev.qwen2api.ops.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.fakeqwen.FakeTokens;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pastes are taken for a cookie. */
class PastedCookieTest {

    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final String TOKEN = FakeTokens.mint("0d5f2a7c-user", NOW.plus(Duration.ofDays(30)));
    private static final String COOKIE = "cna=abc#d; token=" + TOKEN + "; ssxmod_itna=1-a\"b=c";

    private static String refusal(String pasted) {
        return assertThrows(PastedCookie.RefusedException.class, () -> PastedCookie.read(pasted, NOW))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "  %s \r\n", "Cookie: %s", "cookie:%s,", "\u001b[200~%s\u001b[201~"})
    void a_cookie_is_taken_with_what_a_copy_brings_along(String form) throws Exception {
        assertEquals(COOKIE, PastedCookie.read(form.formatted(COOKIE), NOW));
    }

    @Test
    void a_bare_token_and_several_cookies_are_taken_too() throws Exception {
        assertEquals("token=" + TOKEN, PastedCookie.read("Bearer " + TOKEN, NOW));
        String other = "token=" + FakeTokens.mint("another-user", NOW.plus(Duration.ofDays(1)));
        assertEquals(COOKIE + "," + other, PastedCookie.read(COOKIE + "\n" + other + "\n", NOW));
    }

    @Test
    void a_token_that_was_cut_anywhere_is_refused() {
        for (int length = 1; length < TOKEN.length(); length++) {
            String cut = TOKEN.substring(0, length);
            String refusal = refusal("cna=abc; token=" + cut);
            assertTrue(refusal.contains("cannot be decoded"), refusal);
            assertFalse(length > 8 && refusal.contains(cut), refusal);
        }
    }

    @Test
    void what_is_no_session_is_refused_with_its_reason() {
        assertTrue(refusal("cna=abc; ssxmod_itna=1-def").contains("no cookie")
                || refusal("cna=abc; ssxmod_itna=1-def").contains("no token"));
        assertTrue(refusal("token=").contains("no token"), refusal("token="));
        assertTrue(refusal("token=\u201c" + TOKEN + "\u201d").contains("no cookie can have"));
        String ended = "token=" + FakeTokens.mint("user", NOW.minusSeconds(60));
        assertTrue(refusal(ended).contains("has ended"));
    }

    @Test
    void a_session_that_ended_and_can_be_renewed_is_taken() throws Exception {
        String ended = "token=" + FakeTokens.mint("user", NOW.minusSeconds(60)) + "; refresh_token=rt_1";
        assertEquals(ended, PastedCookie.read(ended, NOW));
    }
}
