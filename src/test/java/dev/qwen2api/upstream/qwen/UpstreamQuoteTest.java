package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.upstream.qwen.error.UpstreamQuote;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The upstream's words as clients may see them. */
class UpstreamQuoteTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "refused: refresh_token=5eCr3t-5eCr3t; try again",
                "bad cookie ssxmod_itna=1-5eCr3t",
                "{\"token\": \"5eCr3t\"}",
                "Cookie: cna=5eCr3t; x=5eCr3t",
                "Authorization: Bearer 5eCr3t",
                "see https://chat.qwen.ai/punish?x5secdata=5eCr3t now",
                "eyJhbGciOiJIUzI1NiJ9.5eCr3t.5eCr3t is over",
                "acw_sc__v2=5eCr3t5eCr3t5eCr3t",
                "other=5eCr3t5eCr3t5eCr3t5eCr3t",
                "api_key = '5eCr3t'",
                "5eCr3t5eCr3t5eCr3t5eCr3t5eCr3t5eCr3t5eCr3t",
            })
    void secrets_are_hidden(String words) {
        String quote = UpstreamQuote.of(words);
        assertFalse(quote.contains("5eCr3t"), quote);
    }

    @Test
    void what_turns_or_breaks_a_line_is_taken_out() {
        assertEquals("a b c d e f", UpstreamQuote.of("a\u202eb\u2028c\u0000d\u200fe\r\nf"));
    }

    @Test
    void plain_words_stay_as_they_are() {
        assertEquals("您已达到限制, try again in 5 h", UpstreamQuote.of("您已达到限制, try again in 5 h。"));
        assertEquals("model=qwen-max is busy", UpstreamQuote.of("model=qwen-max is busy."));
    }

    @Test
    void it_is_short_and_never_ends_in_half_a_character() {
        String quote = UpstreamQuote.of("x" + " \ud83d\udc0b".repeat(5000));
        assertTrue(quote.length() <= 201, quote);
        assertFalse(Character.isHighSurrogate(quote.charAt(quote.length() - 2)), quote);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "token", "=", "\"", ".", "eyJ", "cookie ", "https://", "-"})
    void a_long_text_costs_little(String piece) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> UpstreamQuote.of(piece.repeat(1_000_000)));
    }
}
