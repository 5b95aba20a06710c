package dev.qwen2api.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The cookies in {@code QWEN_COOKIES}, as {@link CookieSplitter} tells them apart. The word {@code Cookie:}, stray quotes
 * and trailing commas, as they come along when one copies from a browser, are taken off.
 *
 * @param cookies texts of {@code Cookie} headers, each once, the n-th for account n. One whose token is empty stays in its
 *     place, and an empty text is in the place of one that was there before, so that the numbers after it do not move
 * @param warnings one line each about what was odd, by position in the text, never with a piece of a cookie
 */
public record CookieList(List<Secret> cookies, List<String> warnings) {

    private static final Secret NONE = new Secret("");
    private static final Pattern EDGES = Pattern.compile("^[\\s,;]+|[\\s,;]+$");
    private static final Pattern PREFIX = Pattern.compile("^cookie:", Pattern.CASE_INSENSITIVE);
    private static final Pattern QUOTED_TOKEN = Pattern.compile("((?:^|;)\\s*token\\s*=\\s*)([\"'])([^\"';]*)\\2");
    private static final Pattern EMPTY_TOKEN = Pattern.compile("(^|;)\\s*token\\s*=\\s*(;|$)");

    public CookieList {
        cookies = List.copyOf(cookies);
        warnings = List.copyOf(warnings);
    }

    /** Reads the value of {@code QWEN_COOKIES}; a blank one is an empty list. */
    public static CookieList parse(String text) {
        var pieces = CookieSplitter.split(text);
        var warnings = new ArrayList<>(pieces.warnings());
        var cookies = new ArrayList<Secret>();
        for (String piece : pieces.cookies()) {
            var cookie = new Secret(clean(piece));
            int before = cookies.indexOf(cookie) + 1;
            cookies.add(before > 0 ? NONE : cookie);
            int position = cookies.size();
            if (before > 0) {
                warnings.add("cookie " + position + " is the same as cookie " + before
                        + " and is left out; there is no account_" + position);
            } else {
                warnOf(cookie.reveal(), position, warnings);
            }
        }
        return new CookieList(cookies, warnings);
    }

    private static void warnOf(String cookie, int position, List<String> warnings) {
        if (EMPTY_TOKEN.matcher(cookie).find()) {
            warnings.add("the token of cookie " + position + " is empty; copy the cookie again while signed in");
        }
        if (!cookie.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            warnings.add("cookie " + position + " holds a character that no cookie can have; copy it again");
        }
    }

    private static String clean(String piece) {
        String before;
        String cookie = piece;
        do {
            before = cookie;
            cookie = EDGES.matcher(cookie).replaceAll("");
            cookie = PREFIX.matcher(withoutStray('\'', withoutStray('"', cookie)))
                    .replaceFirst("");
        } while (!cookie.equals(before));
        return QUOTED_TOKEN.matcher(cookie).replaceAll("$1$3");
    }

    /** No cookie begins with a quote; one that ends with a quote has its partner inside. */
    private static String withoutStray(char quote, String cookie) {
        String text = cookie;
        boolean opened = text.indexOf(quote) == 0;
        if (opened) {
            text = text.substring(1);
        }
        boolean odd = text.chars().filter(c -> c == quote).count() % 2 == 1;
        return odd && text.charAt(text.length() - 1) == quote ? text.substring(0, text.length() - 1) : text;
    }
}
