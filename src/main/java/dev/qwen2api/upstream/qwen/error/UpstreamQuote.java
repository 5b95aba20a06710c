package dev.qwen2api.upstream.qwen.error;

import java.util.regex.Pattern;

/**
 * Quotes the upstream's words so that they can be shown: printable, short, and without what carries secrets: addresses,
 * tokens, and values of cookies. Pure.
 */
public final class UpstreamQuote {

    private static final int LONGEST = 200;
    /** What is beyond is not looked at. */
    private static final int READ = 2000;

    private static final Pattern ADDRESS = Pattern.compile("(?:https?|wss?)://\\S*");
    private static final Pattern JWT = Pattern.compile("eyJ[\\w.-]{10,}");
    private static final Pattern HEADER =
            Pattern.compile("(?i)\\b((?:set-)?cookie|authorization|bearer)\\b\\s*[:=]?.*");
    private static final Pattern NAMED = Pattern.compile(
            "(?i)([\\w-]{0,40}(?:token|secret|ssxmod|session|sid|passw|key|"
                    + "cookie|cna|isg|tfstk|acw_|x5sec)[\\w-]{0,40}[\"']?\\s{0,3}[=:]\\s{0,3})(?:\"[^\"]*\"?|'[^']*'?|[^\\s,;&\"'}]+)");
    private static final Pattern PAIR = Pattern.compile("([\\w-]{2,40}=)[\\w%.*+/~:|-]{16,}");
    private static final Pattern OPAQUE = Pattern.compile("[A-Za-z0-9_+/=.-]{40,}");
    /** Control and format characters, such as those that turn the direction of a line, and all white space. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Z}\\s]+");

    private static final Pattern END = Pattern.compile("[.!。！\\s]{1,50}$");

    private UpstreamQuote() {}

    public static String of(String words) {
        String text = UNPRINTABLE.matcher(start(words, READ)).replaceAll(" ");
        text = ADDRESS.matcher(text).replaceAll("[address]");
        text = JWT.matcher(text).replaceAll("[token]");
        text = HEADER.matcher(text).replaceAll("$1: [hidden]");
        text = NAMED.matcher(text).replaceAll("$1[hidden]");
        text = PAIR.matcher(text).replaceAll("$1[hidden]");
        text = OPAQUE.matcher(text).replaceAll("[hidden]");
        text = END.matcher(text).replaceAll("").strip();
        return text.length() <= LONGEST ? text : start(text, LONGEST) + "…";
    }

    /** At most so many characters, and no half of one. */
    private static String start(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
