package dev.qwen2api.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a list of cookies into cookies. Commas separate, but a cookie may hold commas itself: a piece that has no
 * {@code token=} pair belongs to the piece before it. Line breaks and full-width commas separate like commas, and a bare
 * JWT is a cookie of one pair.
 *
 * <p>One use, one thread.
 */
final class CookieSplitter {

    private static final Pattern SEPARATOR = Pattern.compile("[,\uFF0C\\n]");
    private static final String LEAD = "[\\s\"']*(?:(?i:cookie):[\\s\"']*)?";
    /** A session without its short-lived token: the renewal brings one. */
    private static final Pattern REFRESH_TOKEN_FIRST = Pattern.compile(LEAD + "refresh_token\\s*=");

    private static final Pattern TOKEN = Pattern.compile("(?:^|;)" + LEAD + "token\\s*=");
    private static final Pattern BARE_JWT = Pattern.compile(
            LEAD + "(?:(?i:Bearer)\\s+)?(eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*)[\\s\"']*((?:;.*)?)", Pattern.DOTALL);
    private static final Pattern PAIR = Pattern.compile("\\s*[\\w.-]+=.*", Pattern.DOTALL);

    private final List<String> cookies = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private String lead = "";

    private CookieSplitter() {}

    /** The texts of the cookies, as yet with what surrounds them, and what was odd. */
    record Split(List<String> cookies, List<String> warnings) {}

    static Split split(String text) {
        var pieces = new CookieSplitter();
        String normal = text.replace("\r\n", "\n").replace('\r', '\n').replace('\uFF1B', ';');
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
        } else if (cookies.isEmpty()) {
            lead = glue(lead, separator, piece);
        } else {
            int last = cookies.size() - 1;
            cookies.set(last, glue(cookies.get(last), separator, piece));
        }
    }

    /** What stands before the first token is the same cookie's beginning, unless the token opens its piece. */
    private void begin(String separator, String piece) {
        boolean opens = TOKEN.matcher(piece).lookingAt()
                || REFRESH_TOKEN_FIRST.matcher(piece).lookingAt();
        if (lead.isBlank() || !opens) {
            cookies.add(lead.isBlank() ? piece : glue(lead, separator, piece));
        } else {
            warnings.add("the list begins with something that has no token= pair; it is left out");
            cookies.add(piece);
        }
        lead = "";
    }

    private void finish() {
        if (!lead.isBlank()) {
            warnings.add("there is no token= pair in it, so it holds no account; copy the whole Cookie header "
                    + "of a request to chat.qwen.ai while signed in");
        }
    }

    /** Puts back what was cut too much. A line break inside a cookie stands between two pairs or inside a value. */
    private static String glue(String head, String separator, String tail) {
        if (!separator.equals("\n") || head.isBlank() || tail.isBlank()) {
            return head.isBlank() ? tail : head + separator + tail;
        }
        boolean betweenPairs =
                !head.stripTrailing().endsWith(";") && PAIR.matcher(tail).matches();
        return head + (betweenPairs ? "; " : "") + tail;
    }
}
