package dev.qwen2api.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cookies of {@code QWEN_COOKIES}, without the {@code Cookie:} prefix, stray quotes and trailing commas that
 * copying from a browser brings along.
 *
 * @param cookies texts of {@code Cookie} headers, the n-th for account n. One with an empty token keeps its place, and
 *     a repeated one is replaced by an empty text, so that the numbers after it do not move
 * @param warnings one line each, by position in the text, never with a part of a cookie
 */
public record CookieList(List<Secret> cookies, List<String> warnings) {

    /** Most prefixes and quotes that are removed from around one cookie. */
    private static final int MOST_LAYERS = 20;

    private static final Secret NONE = new Secret("");
    private static final Pattern EDGES = Pattern.compile("^[\\s,;]+|(?<![\\s,;])[\\s,;]+$");
    private static final Pattern PREFIX = Pattern.compile("^cookie:", Pattern.CASE_INSENSITIVE);
    private static final Pattern QUOTED_TOKEN = Pattern.compile("((?:^|;)\\s*token\\s*=\\s*)([\"'])([^\"';]*)\\2");
    private static final Pattern EMPTY_TOKEN = Pattern.compile("(^|;)\\s*token\\s*=\\s*(;|$)");

    public CookieList {
        cookies = List.copyOf(cookies);
        warnings = List.copyOf(warnings);
    }

    /** Parses the value of {@code QWEN_COOKIES}; a blank one is an empty list. */
    public static CookieList parse(String text) {
        var pieces = CookieSplitter.split(text);
        var warnings = new ArrayList<>(pieces.warnings());
        if (SettingValues.CURLY.matcher(text).find()) {
            warnings.add("there are curly quotes (“ ”) in it; put straight quotes (\" \") in their place");
        }
        var cookies = new ArrayList<Secret>();
        var positions = new HashMap<Secret, Integer>();
        for (CharSequence piece : pieces.cookies()) {
            var cookie = new Secret(clean(piece.toString()));
            int position = cookies.size() + 1;
            Integer before = positions.putIfAbsent(cookie, position);
            cookies.add(before != null ? NONE : cookie);
            if (before != null) {
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
        String before = "";
        String cookie = piece;
        for (int layers = 0; layers < MOST_LAYERS && !cookie.equals(before); layers++) {
            before = cookie;
            cookie = EDGES.matcher(cookie).replaceAll("");
            cookie = PREFIX.matcher(withoutStray('\'', withoutStray('"', cookie)))
                    .replaceFirst("");
        }
        return QUOTED_TOKEN.matcher(cookie).replaceAll("$1$3");
    }

    /** Removes a leading quote, and a trailing one without a partner inside. */
    private static String withoutStray(char quote, String cookie) {
        String text = cookie;
        boolean opened = text.indexOf(quote) == 0;
        if (opened) {
            text = text.substring(1);
        }
        boolean odd = text.chars().filter(c -> c == quote).count() % 2 == 1;
        return odd && text.charAt(text.length() - 1) == quote ? text.substring(0, text.length() - 1) : text;
    }

    /**
     * Splits a list at commas, full-width commas and line breaks. A cookie may hold commas itself, so a piece without a
     * {@code token=} pair belongs to the piece before it. A bare JWT is a cookie of one pair.
     */
    private static final class CookieSplitter {

        private static final Pattern SEPARATOR = Pattern.compile("[,\uFF0C\\n]");
        private static final String LEAD = "[\\s\"']*(?:(?i:cookie):[\\s\"']*)?";
        /** A session without its short-lived token: the renewal brings one. */
        private static final Pattern REFRESH_TOKEN_FIRST = Pattern.compile(LEAD + "refresh_token\\s*=");

        private static final Pattern TOKEN = Pattern.compile("(?:^|;)" + LEAD + "token\\s*=");
        private static final Pattern BARE_JWT = Pattern.compile(
                LEAD + "(?:(?i:Bearer)\\s+)?(eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*)[\\s\"']*((?:;.*)?)", Pattern.DOTALL);
        /** The first two parts of a bare JWT with line breaks in them; the line after one begins no JWT of its own. */
        private static final Pattern WRAPPED_JWT = Pattern.compile(
                "(?<![\\w.=-])eyJ[\\w-]*+(?:\\n(?!eyJ)[\\w-]++)*+\\n?\\.\\n?[\\w-]*+(?:\\n(?!eyJ)[\\w-]++)*+\\n?\\.");

        private static final Pattern PAIR = Pattern.compile("\\s*[\\w.-]+=.*", Pattern.DOTALL);

        private final List<StringBuilder> cookies = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final StringBuilder lead = new StringBuilder();

        private CookieSplitter() {}

        record Split(List<StringBuilder> cookies, List<String> warnings) {}

        static Split split(String text) {
            var pieces = new CookieSplitter();
            String normal = text.replace("\r\n", "\n").replace('\r', '\n').replace('\uFF1B', ';');
            normal = WRAPPED_JWT.matcher(normal).replaceAll(jwt -> jwt.group().replace("\n", ""));
            Matcher separator = SEPARATOR.matcher(normal);
            int from = 0;
            String before = "";
            while (separator.find()) {
                pieces.add(before, normal.substring(from, separator.start()));
                from = separator.end();
                before = separator.group().equals("\n") ? "\n" : ",";
            }
            pieces.add(before, normal.substring(from));
            pieces.finish();
            return new Split(pieces.cookies, pieces.warnings);
        }

        private void add(String separator, String piece) {
            Matcher jwt = BARE_JWT.matcher(piece);
            if (jwt.matches()) {
                begin(separator, "token=" + jwt.group(1) + jwt.group(2));
            } else if (TOKEN.matcher(piece).find()
                    || REFRESH_TOKEN_FIRST.matcher(piece).lookingAt()) {
                begin(separator, piece);
            } else {
                glue(cookies.isEmpty() ? lead : cookies.get(cookies.size() - 1), separator, piece);
            }
        }

        /** Text before the first token belongs to the same cookie, unless the token opens its piece. */
        private void begin(String separator, String piece) {
            boolean opens = TOKEN.matcher(piece).lookingAt()
                    || REFRESH_TOKEN_FIRST.matcher(piece).lookingAt();
            var cookie = new StringBuilder();
            if (!lead.isEmpty() && opens) {
                warnings.add("the list begins with something that has no token= pair; it is left out");
            } else {
                cookie.append(lead);
            }
            glue(cookie, separator, piece);
            cookies.add(cookie);
            lead.setLength(0);
        }

        private void finish() {
            if (!lead.isEmpty()) {
                warnings.add("there is no token= pair in it, so it holds no account; copy the whole Cookie header "
                        + "of a request to chat.qwen.ai while signed in");
            }
        }

        /**
         * Appends a piece to its cookie, which never begins with a blank. A line break inside a cookie is between two
         * pairs or inside a value.
         */
        private static void glue(StringBuilder head, String separator, String tail) {
            if (head.isEmpty()) {
                head.append(tail.stripLeading());
            } else if (!separator.equals("\n") || tail.isBlank()) {
                head.append(separator).append(tail);
            } else {
                head.append(!endsPair(head) && PAIR.matcher(tail).matches() ? "; " : "")
                        .append(tail);
            }
        }

        private static boolean endsPair(StringBuilder head) {
            int end = head.length();
            while (Character.isWhitespace(head.charAt(end - 1))) {
                end--;
            }
            return head.charAt(end - 1) == ';';
        }
    }
}
