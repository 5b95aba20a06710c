package dev.qwen2api.upstream.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SetCookiesTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private static Map<String, String> changes(String... lines) {
        return RenewalReply.setCookies(HttpHeaders.of(Map.of("Set-Cookie", List.of(lines)), (a, b) -> true), NOW);
    }

    @Test
    void cookies_are_changes_and_the_last_one_of_a_name_counts() {
        assertEquals(
                Map.of("acw_tc", "abc==", "x-ap", "cn"),
                changes("acw_tc=old; path=/", "acw_tc=abc==; path=/; HttpOnly; Max-Age=1800", "x-ap = cn "));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a=1; Max-Age=0                                          | ''",
                "a=1; Max-Age=-1                                         | ''",
                "a=1; max-age=10                                         | 1",
                "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT              | ''",
                "a=1; expires=Wed, 21-Oct-2015 07:28:00 GMT              | ''",
                "a=1; Expires=Tue, 23 Nov 2027 12:00:00 GMT              | 1",
                "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT  | 1",
                "a=1; Expires=Tue, 23 Nov 2027 12:00:00 GMT; Max-Age=0   | ''",
                "a=1; Expires=never; Max-Age=soon                        | 1",
                "a=                                                      | ''",
            })
    void a_cookie_that_is_over_is_taken_away(String line, String value) {
        assertEquals(Map.of("a", value), changes(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "=1", "novalue", "a b=1", "a=caf\u00e9", "a=x\u0001y", "; path=/", "a=1 2"})
    void what_could_not_stand_in_a_cookie_header_is_passed_over(String line) {
        assertEquals(Map.of(), changes(line));
    }
}
