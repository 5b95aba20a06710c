package dev.qwen2api.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CookieListTest {

    private static final String JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6InUxIn0.c2ln-_x";

    private static final String WRAPPED = "token=eyJhbGciOiJ9.eyJpZCI6.sign";

    static Stream<Arguments> lists() {
        return Stream.of(
                Arguments.of("", List.of()),
                Arguments.of(" , \n,", List.of()),
                Arguments.of("token=a", List.of("token=a")),
                Arguments.of(
                        "token=xxx; ssxmod_itna=xxx,token=yyy; ssxmod_itna=yyy",
                        List.of("token=xxx; ssxmod_itna=xxx", "token=yyy; ssxmod_itna=yyy")),
                Arguments.of(
                        "cna=1; token=a; s=x#y=, cna=2; token=b", List.of("cna=1; token=a; s=x#y=", "cna=2; token=b")),
                // a comma inside a cookie
                Arguments.of("token=a; s=1,2,3; z=4,token=b", List.of("token=a; s=1,2,3; z=4", "token=b")),
                Arguments.of("token=a; s=1,,2,token=b", List.of("token=a; s=1,,2", "token=b")),
                Arguments.of("s=1,2; token=a,token=b", List.of("s=1,2; token=a", "token=b")),
                Arguments.of("token=a; d={\"k\":1,\"l\":2}; e=3", List.of("token=a; d={\"k\":1,\"l\":2}; e=3")),
                // names that only end in token
                Arguments.of("token=a,refresh_token=r; x=1", List.of("token=a", "refresh_token=r; x=1")),
                // bare tokens
                Arguments.of(JWT, List.of("token=" + JWT)),
                Arguments.of(JWT + ", " + JWT + "2", List.of("token=" + JWT, "token=" + JWT + "2")),
                Arguments.of(JWT + "; s=1,token=b", List.of("token=" + JWT + "; s=1", "token=b")),
                Arguments.of("Bearer " + JWT, List.of("token=" + JWT)),
                Arguments.of("token=a,\"" + JWT + "\"", List.of("token=a", "token=" + JWT)),
                // line breaks
                Arguments.of("token=a; s=1,\ntoken=b; s=2\n", List.of("token=a; s=1", "token=b; s=2")),
                Arguments.of("token=a; s=1\r\n  token=b", List.of("token=a; s=1", "token=b")),
                Arguments.of("token=a;\n s=1", List.of("token=a; s=1")),
                Arguments.of("token=a\ns=1", List.of("token=a; s=1")),
                Arguments.of("token=ab\ncd; s=1", List.of("token=abcd; s=1")),
                Arguments.of("\n" + JWT + "\n" + JWT + "2\n", List.of("token=" + JWT, "token=" + JWT + "2")),
                // a bare token that a terminal or a mail broke into lines
                Arguments.of(
                        "token=a,eyJhbGci\r\nOiJ9.\neyJp\nZCI6.si\ngn\ntoken=b",
                        List.of("token=a", WRAPPED, "token=b")),
                Arguments.of("eyJhbGci\nOiJ9\n.eyJp\nZCI6\n.sign\n" + JWT, List.of(WRAPPED, "token=" + JWT)),
                // what comes along when one copies
                Arguments.of("Cookie: token=a; s=1,cookie:token=b", List.of("token=a; s=1", "token=b")),
                Arguments.of("\"token=a; s=1\",\"token=b\"", List.of("token=a; s=1", "token=b")),
                Arguments.of("token=a\",\"token=b", List.of("token=a", "token=b")),
                Arguments.of("'token=a','token=b'", List.of("token=a", "token=b")),
                Arguments.of("\"Cookie: token=a\"", List.of("token=a")),
                Arguments.of("token=\"a\"; s=\"q\"", List.of("token=a; s=\"q\"")),
                Arguments.of("token=a; s=\"q,r\"", List.of("token=a; s=\"q,r\"")),
                Arguments.of("token=a;,token=b; ;,", List.of("token=a", "token=b")),
                Arguments.of("token=a\uFF0Ctoken=b\uFF1Bs=1", List.of("token=a", "token=b;s=1")),
                Arguments.of("  token = a ;s=1  ", List.of("token = a ;s=1")));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void a_list_is_cut_into_whole_cookies(String text, List<String> cookies) {
        var list = CookieList.parse(text);

        assertEquals(cookies, list.cookies().stream().map(Secret::reveal).toList());
        assertEquals(List.of(), list.warnings());
    }

    @Test
    void a_cookie_that_is_there_twice_counts_once_and_the_numbers_after_it_stay() {
        var list = CookieList.parse("token=SECRET; s=1,token=b,token=SECRET; s=1;,token=c");

        assertEquals(
                List.of("token=SECRET; s=1", "token=b", "", "token=c"),
                list.cookies().stream().map(Secret::reveal).toList());
        assertEquals(
                List.of("cookie 3 is the same as cookie 1 and is left out; there is no account_3"), list.warnings());
    }

    @Test
    void a_cookie_with_an_empty_token_keeps_its_place() {
        var list = CookieList.parse("token=; s=1,token=b");

        assertEquals(2, list.cookies().size());
        assertEquals(1, list.warnings().size());
        assertTrue(list.warnings().get(0).contains("cookie 1"), list.warnings().get(0));
    }

    @Test
    void what_stands_before_a_cookie_that_opens_with_its_token_is_left_out() {
        var list = CookieList.parse("s=SECRET; x=1,token=b");

        assertEquals(List.of(new Secret("token=b")), list.cookies());
        assertEquals(1, list.warnings().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SECRET", "ssxmod_itna=SECRET; x=1", "x=1; refresh_token=SECRET", "{\"token\": \"SECRET\"}"})
    void a_text_without_a_token_is_no_account_and_says_so(String text) {
        var list = CookieList.parse(text);

        assertEquals(List.of(), list.cookies());
        assertEquals(1, list.warnings().size());
        assertFalse(list.warnings().toString().contains("SECRET"));
    }

    @Test
    void a_character_that_no_cookie_can_have_is_told_by_position() {
        var list = CookieList.parse("token=a,token=b\u2026");

        assertEquals(2, list.cookies().size());
        assertTrue(
                list.warnings().get(0).startsWith("cookie 2 "), list.warnings().get(0));
    }

    @Test
    void a_list_that_is_logged_shows_no_cookie() {
        assertFalse(CookieList.parse("token=SECRETSECRET; ssxmod=SECRETSECRETxxxx")
                .toString()
                .contains("SECRET"));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", ",", "\n", "\n,", "cookie:", "'\"", "; token=,", ",token=b", "\n;token=c"})
    void a_long_list_of_anything_costs_little(String piece) {
        String text = "token=a" + piece.repeat(1_000_000 / piece.length()) + "b";
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> assertFalse(CookieList.parse(text).cookies().isEmpty()));
    }
}
